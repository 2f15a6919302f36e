// SPDX-License-Identifier: Apache-2.0
#include "client/cli/json.h"

#include <google/protobuf/util/json_util.h>

#include <memory>
#include <string_view>

namespace firmbench::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// protobuf leaves an absent optional field out. It is filled with this text, which stands in JSON
// as kMarkInJson and nowhere else: the bench's texts carry no control characters, and a message
// that does carry this one loses only it.
constexpr std::string_view kMark = "\x01null";
constexpr std::string_view kMarkInJson = "\"\\u0001null\"";

void MarkAbsent(Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->has_optional_keyword() && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
        !reflection.HasField(message, field)) {
      reflection.SetString(&message, field, std::string(kMark));
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (field->is_repeated()) {
      for (int row = 0; row < reflection.FieldSize(message, field); ++row) {
        MarkAbsent(*reflection.MutableRepeatedMessage(&message, field, row));
      }
    } else if (reflection.HasField(message, field)) {
      MarkAbsent(*reflection.MutableMessage(&message, field));
    }
  }
}

}  // namespace

std::string ToJson(const Message& message) {
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  MarkAbsent(*copy);
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  // Printing fails only for an Any of an unknown type, and no answer carries one.
  if (!google::protobuf::util::MessageToJsonString(*copy, &json, options).ok()) return "{}\n";
  for (size_t at = json.find(kMarkInJson); at != std::string::npos;
       at = json.find(kMarkInJson, at)) {
    json.replace(at, kMarkInJson.size(), "null");
  }
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

}  // namespace firmbench::cli
