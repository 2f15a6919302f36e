// SPDX-License-Identifier: Apache-2.0
#include "client/cli/image.h"

#include <fmt/format.h>

#include "client/cli/render/image.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"
#include "client/cli/upload.h"

namespace firmbench::cli {
namespace {

Result<v1::Image> Add(BenchClient& client, const ImageAddOptions& options) {
  if (options.dump.empty()) return AddImage(client, options.file, options.member);
  v1::AddImageFromDumpRequest request;
  ASSIGN_OR_RETURN(*request.mutable_dump(), ResourceName("dumps", options.dump));
  return Call(client.images(), &v1::ImageService::Stub::AddImageFromDump, request);
}

Ending Mark(Context& context, const ImageMarkOptions& options, const char* kind) {
  v1::MarkImageRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("images", options.image));
  request.set_kind(options.undo ? fmt::format("not_{}", kind) : kind);
  request.set_text(options.text);
  ASSIGN_OR_RETURN(const v1::Image image,
                   Call(context.client.images(), &v1::ImageService::Stub::MarkImage, request));
  context.Print(image, [&] { return render::ImageDetails(image); });
  return ExitCode::kOk;
}

}  // namespace

Ending RunImageAdd(Context& context, const ImageAddOptions& options) {
  ASSIGN_OR_RETURN(const v1::Image image, Add(context.client, options));
  context.Print(image, [&] { return render::ImageDetails(image); });
  for (const std::string& warning : image.warnings()) {
    context.console.Err(fmt::format("warning: {}\n", render::Clean(warning)));
  }
  return ExitCode::kOk;
}

Ending RunImageList(Context& context, const ImageListOptions& options) {
  v1::ListImagesRequest request;
  request.set_show_archived(options.archived);
  ASSIGN_OR_RETURN(const v1::ListImagesResponse images,
                   CallList(context.client.images(), &v1::ImageService::Stub::ListImages, request,
                            &v1::ListImagesResponse::mutable_images, options.limit));
  PrintScreen(context, images, [&] { return render::ImageTable(images, context.wide()); });
  context.SayIfMore(images.next_page_token());
  return ExitCode::kOk;
}

Ending RunImageShow(Context& context, const ImageShowOptions& options) {
  v1::GetImageRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("images", options.image));
  ASSIGN_OR_RETURN(const v1::Image image,
                   Call(context.client.images(), &v1::ImageService::Stub::GetImage, request));
  v1::ListImageMarksRequest ask;
  ask.set_name(image.name());
  ASSIGN_OR_RETURN(const v1::ListImageMarksResponse marks,
                   Call(context.client.images(), &v1::ImageService::Stub::ListImageMarks, ask));
  PrintScreen(context, image,
              [&] { return render::ImageDetails(image) + render::ImageMarks(marks); });
  return ExitCode::kOk;
}

Ending RunImageApprove(Context& context, const ImageMarkOptions& options) {
  return Mark(context, options, "approved");
}
Ending RunImageKnownBad(Context& context, const ImageMarkOptions& options) {
  return Mark(context, options, "known_bad");
}
Ending RunImageNote(Context& context, const ImageMarkOptions& options) {
  return Mark(context, options, "note");
}
Ending RunImageArchive(Context& context, const ImageMarkOptions& options) {
  return Mark(context, options, "archived");
}

}  // namespace firmbench::cli
