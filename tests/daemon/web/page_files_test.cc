// SPDX-License-Identifier: Apache-2.0
// Files of the page: by plain names, out of one folder, and out of nothing else.

#include "daemon/web/page_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace firmbench::web {
namespace {

namespace fs = std::filesystem;

class PageFilesTest : public testing::Test {
 protected:
  PageFilesTest() {
    Write("page/index.html", "the page");
    Write("page/assets/app-1a2b.js", "script");
    Write("page/assets/app-1a2b.js.gz", "compressed script");
    Write("page/favicon.svg", "<svg/>");
    Write("secret.txt", "secret");
    Write("page/.hidden", "hidden");
    fs::create_symlink(root_ / "secret.txt", root_ / "page/link.txt");
    fs::create_directory_symlink(root_, root_ / "page/up");
  }
  ~PageFilesTest() override { fs::remove_all(root_); }

  void Write(const std::string& name, const std::string& content) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << content;
  }

  std::string Body(const std::string& path, bool gzip = false) {
    const auto file = files_.Find(path, gzip);
    return file ? file->body : file.error().reason();
  }

  const fs::path root_ = fs::path(testing::TempDir()) / ("page-" + std::to_string(::getpid()));
  const PageFiles files_{(root_ / "page").string()};
};

TEST_F(PageFilesTest, ServesFilesWithTypeAndEtag) {
  const auto script = files_.Find("/assets/app-1a2b.js", false);
  ASSERT_TRUE(script);
  EXPECT_EQ(script->body, "script");
  EXPECT_EQ(script->content_type, "text/javascript; charset=utf-8");
  EXPECT_TRUE(script->lasting);
  EXPECT_FALSE(script->compressed);
  const auto compressed = files_.Find("/assets/app-1a2b.js", true);
  ASSERT_TRUE(compressed);
  EXPECT_EQ(compressed->body, "compressed script");
  EXPECT_EQ(compressed->content_type, "text/javascript; charset=utf-8");
  EXPECT_TRUE(compressed->compressed);
  EXPECT_NE(compressed->etag, script->etag);
  const auto icon = files_.Find("/favicon.svg", true);
  ASSERT_TRUE(icon);
  EXPECT_FALSE(icon->compressed);
  EXPECT_FALSE(icon->lasting);
  EXPECT_EQ(icon->content_type, "image/svg+xml");
}

TEST_F(PageFilesTest, AnEtagFollowsTheContent) {
  const auto before = files_.Find("/", false);
  Write("page/index.html", "the pagf");
  const auto after = files_.Find("/", false);
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->etag, after->etag);
}

TEST_F(PageFilesTest, UnknownPathsAreThePageItself) {
  for (const char* path : {"/", "/drives", "/units/U-0001", "/index.html", "/a//b", "/%2e%2e/x"}) {
    EXPECT_EQ(Body(path), "the page") << path;
  }
  EXPECT_EQ(Body("/assets/gone-1.js"), "PAGE_FILE_NOT_FOUND");
  EXPECT_EQ(Body("/assets/"), "PAGE_FILE_NOT_FOUND");
}

TEST_F(PageFilesTest, NothingLeadsOut) {
  for (const char* path :
       {"/../secret.txt", "/assets/../../secret.txt", "/link.txt", "/up/secret.txt", "/.hidden",
        "/./secret.txt", "//secret.txt", "/..", "secret.txt", "/assets", "/secret.txt%00.html"}) {
    const std::string body = Body(path);
    EXPECT_TRUE(body == "the page" || body == "PAGE_FILE_NOT_FOUND") << path << ": " << body;
  }
  EXPECT_EQ(Body("/" + std::string(200, 'a')), "the page");
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "/a";
  EXPECT_EQ(Body(deep), "the page");
}

TEST_F(PageFilesTest, WithoutAPageItSaysSo) {
  fs::remove(root_ / "page/index.html");
  EXPECT_EQ(Body("/"), "PAGE_MISSING");
}

}  // namespace
}  // namespace firmbench::web
