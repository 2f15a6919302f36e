// SPDX-License-Identifier: Apache-2.0
#pragma once

// ImageService: firmware files into the library and out of it. Thread-safe.

#include "daemon/jobs/library.h"
#include "daemon/rpc/context.h"
#include "daemon/rpc/uploads.h"
#include "firmbench/v1/image_service.grpc.pb.h"

namespace firmbench::rpc {

class ImageService final : public v1::ImageService::CallbackService {
 public:
  ImageService(const Context& bench, Uploads& uploads) : bench_(bench), uploads_(uploads) {}

  grpc::ServerUnaryReactor* CreateUpload(grpc::CallbackServerContext* context,
                                         const v1::CreateUploadRequest* request,
                                         v1::Upload* response) override;
  grpc::ServerUnaryReactor* WriteUpload(grpc::CallbackServerContext* context,
                                        const v1::WriteUploadRequest* request,
                                        v1::Upload* response) override;
  grpc::ServerUnaryReactor* FinishUpload(grpc::CallbackServerContext* context,
                                         const v1::FinishUploadRequest* request,
                                         v1::Image* response) override;
  grpc::ServerUnaryReactor* AddImageFromDump(grpc::CallbackServerContext* context,
                                             const v1::AddImageFromDumpRequest* request,
                                             v1::Image* response) override;
  grpc::ServerUnaryReactor* MarkImage(grpc::CallbackServerContext* context,
                                      const v1::MarkImageRequest* request,
                                      v1::Image* response) override;
  grpc::ServerUnaryReactor* ListImageMarks(grpc::CallbackServerContext* context,
                                           const v1::ListImageMarksRequest* request,
                                           v1::ListImageMarksResponse* response) override;
  grpc::ServerUnaryReactor* ListImages(grpc::CallbackServerContext* context,
                                       const v1::ListImagesRequest* request,
                                       v1::ListImagesResponse* response) override;
  grpc::ServerUnaryReactor* GetImage(grpc::CallbackServerContext* context,
                                     const v1::GetImageRequest* request,
                                     v1::Image* response) override;
  grpc::ServerWriteReactor<v1::ReadImageResponse>* ReadImage(
      grpc::CallbackServerContext* context, const v1::ReadImageRequest* request) override;

 private:
  v1::Upload Show(const UploadState& upload) const;
  v1::Image Show(const jobs::AddedImage& added) const;

  const Context& bench_;
  Uploads& uploads_;
};

}  // namespace firmbench::rpc
