// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/image_service.h"

#include "daemon/base/hash.h"
#include "daemon/jobs/image_marks.h"
#include "daemon/rpc/blob_stream.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/image_fits.h"

namespace firmbench::rpc {

v1::Upload ImageService::Show(const UploadState& upload) const {
  v1::Upload to;
  to.set_name(Name("uploads", upload.id));
  to.set_bench(Name("benches", bench_.ledger.bench_id()));
  to.set_size_bytes(upload.size_bytes);
  to.set_received_bytes(upload.received_bytes);
  SetTime(to.mutable_expire_time(), upload.expires_us);
  return to;
}

v1::Image ImageService::Show(const jobs::AddedImage& added) const {
  v1::Image image = ToProto(added.image, bench_.ledger.bench_id());
  for (const std::string& warning : added.warnings) image.add_warnings(warning);
  return image;
}

grpc::ServerUnaryReactor* ImageService::CreateUpload(grpc::CallbackServerContext* context,
                                                     const v1::CreateUploadRequest* request,
                                                     v1::Upload* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Upload> {
    ASSIGN_OR_RETURN(
        const UploadState upload,
        uploads_.Create(request->file_name(), request->size_bytes(), caller.principal));
    return Show(upload);
  });
}

grpc::ServerUnaryReactor* ImageService::WriteUpload(grpc::CallbackServerContext* context,
                                                    const v1::WriteUploadRequest* request,
                                                    v1::Upload* response) {
  return Unary(bench_, context, request, response, [&](const Caller&) -> Result<v1::Upload> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("uploads", request->name()));
    ASSIGN_OR_RETURN(const UploadState upload,
                     uploads_.Write(id, request->offset_bytes(), AsBytes(request->data())));
    return Show(upload);
  });
}

grpc::ServerUnaryReactor* ImageService::FinishUpload(grpc::CallbackServerContext* context,
                                                     const v1::FinishUploadRequest* request,
                                                     v1::Image* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Image> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("uploads", request->name()));
    ASSIGN_OR_RETURN(const Uploads::File file, uploads_.Peek(id));
    if (Sha256Hex(file.bytes) != request->sha256()) {
      return InvalidArgument("UPLOAD_HASH_MISMATCH",
                             "the file that arrived is not the file that was sent")
          .WithRemedy("send it again");
    }
    auto added = jobs::AddImage(bench_.ledger, file.file_name, file.bytes, caller.principal,
                                request->firmware_revision());
    // Who forgot to say which firmware of an updater may ask again without sending it again.
    if (added || added.error().reason() != "CONTAINER_HOLDS_SEVERAL") uploads_.Remove(id);
    if (!added) return std::move(added).error();
    return Show(*added);
  });
}

grpc::ServerUnaryReactor* ImageService::AddImageFromDump(grpc::CallbackServerContext* context,
                                                         const v1::AddImageFromDumpRequest* request,
                                                         v1::Image* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Image> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("dumps", request->dump()));
    ASSIGN_OR_RETURN(const storage::Dump dump, bench_.ledger.GetDump(id));
    ASSIGN_OR_RETURN(const jobs::AddedImage added,
                     jobs::AddDonorImage(bench_.ledger, dump,
                                         jobs::FindRow(dump.family, dump.model), caller.principal));
    return Show(added);
  });
}

grpc::ServerUnaryReactor* ImageService::MarkImage(grpc::CallbackServerContext* context,
                                                  const v1::MarkImageRequest* request,
                                                  v1::Image* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Image> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("images", request->name()));
    RETURN_IF_ERROR(CheckLength(request->text(), kLongestText));
    ASSIGN_OR_RETURN(
        const storage::Image image,
        jobs::MarkImage(bench_.ledger, id, request->kind(), request->text(), caller.principal));
    return ToProto(image, bench_.ledger.bench_id());
  });
}

grpc::ServerUnaryReactor* ImageService::ListImageMarks(grpc::CallbackServerContext* context,
                                                       const v1::ListImageMarksRequest* request,
                                                       v1::ListImageMarksResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::ListImageMarksResponse> {
                 ASSIGN_OR_RETURN(const std::string id, IdFrom("images", request->name()));
                 RETURN_IF_ERROR(bench_.ledger.GetImage(id));
                 ASSIGN_OR_RETURN(const auto marks, bench_.ledger.ListImageMarks(id));
                 v1::ListImageMarksResponse list;
                 for (const storage::ImageMark& mark : marks) {
                   v1::ImageMark* to = list.add_marks();
                   to->set_kind(mark.kind);
                   to->set_text(mark.text);
                   to->set_principal(mark.principal);
                   SetTime(to->mutable_create_time(), mark.created_us);
                 }
                 return list;
               });
}

grpc::ServerUnaryReactor* ImageService::ListImages(grpc::CallbackServerContext* context,
                                                   const v1::ListImagesRequest* request,
                                                   v1::ListImagesResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::ListImagesResponse> {
                 ASSIGN_OR_RETURN(const storage::Page page,
                                  PageOf(request->page_size(), request->page_token()));
                 const storage::ImageFilter filter{.archived_too = request->show_archived()};
                 ASSIGN_OR_RETURN(const auto listed, bench_.ledger.ListImages(filter, page));
                 v1::ListImagesResponse list;
                 for (const storage::Image& image : listed.rows) {
                   *list.add_images() = ToProto(image, bench_.ledger.bench_id());
                 }
                 list.set_next_page_token(listed.next);
                 return list;
               });
}

grpc::ServerUnaryReactor* ImageService::GetImage(grpc::CallbackServerContext* context,
                                                 const v1::GetImageRequest* request,
                                                 v1::Image* response) {
  return Unary(bench_, context, request, response, [&](const Caller&) -> Result<v1::Image> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("images", request->name()));
    ASSIGN_OR_RETURN(const storage::Image image, bench_.ledger.GetImage(id));
    v1::Image shown = ToProto(image, bench_.ledger.bench_id());
    // Damaged bytes are said by whoever needs them; what is known of the image is shown.
    if (const auto bytes = bench_.ledger.ReadBlob(image.sha256)) {
      for (v1::ImageFit& fit : FitsOf(bench_, *bytes)) *shown.add_fits() = std::move(fit);
    }
    return shown;
  });
}

grpc::ServerWriteReactor<v1::ReadImageResponse>* ImageService::ReadImage(
    grpc::CallbackServerContext* context, const v1::ReadImageRequest* request) {
  return Stream<v1::ReadImageResponse>(bench_, context, request, [&](const Caller& caller) {
    const auto sha256 = [&]() -> Result<std::string> {
      ASSIGN_OR_RETURN(const std::string id, IdFrom("images", request->name()));
      ASSIGN_OR_RETURN(storage::Image image, bench_.ledger.GetImage(id));
      return std::move(image.sha256);
    }();
    return new BlobStream<v1::ReadImageResponse>(bench_, caller, sha256);
  });
}

}  // namespace firmbench::rpc
