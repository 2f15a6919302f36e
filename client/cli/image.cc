// SPDX-License-Identifier: Apache-2.0
#include "client/cli/image.h"

#include "client/cli/render/records.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"
#include "client/cli/upload.h"

namespace firmbench::cli {

Ending RunImageAdd(Context& context, const ImageAddOptions& options) {
  ASSIGN_OR_RETURN(const v1::Image image, AddImage(context.client, options.file));
  context.Print(image, [&] { return render::ImageDetails(image); });
  return ExitCode::kOk;
}

Ending RunImageList(Context& context, const ImageListOptions& options) {
  ASSIGN_OR_RETURN(
      const v1::ListImagesResponse images,
      CallList(context.client.images(), &v1::ImageService::Stub::ListImages,
               v1::ListImagesRequest(), &v1::ListImagesResponse::mutable_images, options.limit));
  PrintScreen(context, images, [&] { return render::ImageTable(images, context.wide()); });
  context.SayIfMore(images.next_page_token());
  return ExitCode::kOk;
}

Ending RunImageShow(Context& context, const ImageShowOptions& options) {
  v1::GetImageRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("images", options.image));
  ASSIGN_OR_RETURN(const v1::Image image,
                   Call(context.client.images(), &v1::ImageService::Stub::GetImage, request));
  PrintScreen(context, image, [&] { return render::ImageDetails(image); });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
