// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/pki/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>
#include <vector>

namespace firmbench::rpc::pki {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Free<X509_free>>;
using Request = std::unique_ptr<X509_REQ, Free<X509_REQ_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

constexpr size_t kLongestPem = 8 << 10;

Error Failed(std::string_view what) {
  ERR_clear_error();
  return Internal("PKI_FAILED", std::string(what) + " failed");
}
Error BadRequest(std::string_view what) {
  ERR_clear_error();
  return InvalidArgument("CERTIFICATE_REQUEST_INVALID",
                         "the certificate request " + std::string(what));
}
Error BadCertificate(std::string_view what) {
  ERR_clear_error();
  return InvalidArgument("CERTIFICATE_INVALID", std::string(what));
}

Bio Reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

// A PEM file with a pass phrase is not asked for one.
int NoPassPhrase(char*, int, int, void*) { return -1; }

Result<Key> KeyFrom(const std::string& pem) {
  Key key(PEM_read_bio_PrivateKey(Reading(pem).get(), nullptr, NoPassPhrase, nullptr));
  if (!key) return BadCertificate("a private key cannot be read");
  return key;
}

Result<Cert> CertFrom(const std::string& pem) {
  Cert cert(PEM_read_bio_X509(Reading(pem).get(), nullptr, NoPassPhrase, nullptr));
  if (!cert) return BadCertificate("a certificate cannot be read");
  return cert;
}

bool SetTimes(X509* cert, const Validity& validity) {
  return ASN1_TIME_set(X509_getm_notBefore(cert), validity.from_us / 1'000'000) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(cert), validity.until_us / 1'000'000) != nullptr;
}

// 127 random bits, never negative.
bool SetSerial(X509* cert) {
  std::array<uint8_t, 16> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) return false;
  random[0] = static_cast<uint8_t>((random[0] & 0x7F) | 0x40);
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(
      BN_bin2bn(random.data(), random.size(), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(cert)) != nullptr;
}

bool SetName(X509* cert, const std::string& name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const uint8_t*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1;
}

bool AddExtension(X509* cert, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(cert, extension.get(), -1) == 1;
}

struct Wanted {
  std::string name;
  std::string usage;
  std::string extended_usage;  // "" for an authority
  std::string dns_name;        // "" for none
};

// `issuer` nullptr: its own.
Result<std::string> Make(EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, const Wanted& wanted,
                         const Validity& validity) {
  const Cert cert(X509_new());
  if (!cert) return Failed("making a certificate");
  X509* const by = issuer == nullptr ? cert.get() : issuer;
  const bool is_authority = wanted.extended_usage.empty();
  bool good = X509_set_version(cert.get(), X509_VERSION_3) == 1 && SetSerial(cert.get()) &&
              SetTimes(cert.get(), validity) && SetName(cert.get(), wanted.name) &&
              X509_set_issuer_name(cert.get(), X509_get_subject_name(by)) == 1 &&
              X509_set_pubkey(cert.get(), key) == 1 &&
              AddExtension(cert.get(), by, NID_basic_constraints,
                           is_authority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
              AddExtension(cert.get(), by, NID_key_usage, "critical," + wanted.usage) &&
              AddExtension(cert.get(), by, NID_subject_key_identifier, "hash") &&
              AddExtension(cert.get(), by, NID_authority_key_identifier, "keyid");
  if (good && !is_authority) {
    good = AddExtension(cert.get(), by, NID_ext_key_usage, wanted.extended_usage);
  }
  if (good && !wanted.dns_name.empty()) {
    good = AddExtension(cert.get(), by, NID_subject_alt_name, "DNS:" + wanted.dns_name);
  }
  if (!good || X509_sign(cert.get(), issuer_key, EVP_sha256()) == 0) {
    return Failed("signing a certificate");
  }
  const Bio out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), cert.get()) != 1) {
    return Failed("writing a certificate");
  }
  return TextOf(out.get());
}

bool IsP256(EVP_PKEY* key) {
  std::array<char, 64> group{};
  size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == "prime256v1";
}

template <typename Object, typename Encode>
Result<Sha256Digest> DigestOf(Object* object, Encode encode) {
  uint8_t* der = nullptr;
  const int size = encode(object, &der);
  if (size <= 0) return BadCertificate("a certificate cannot be encoded");
  const Sha256Digest digest = Sha256(ByteView(der, static_cast<size_t>(size)));
  OPENSSL_free(der);
  return digest;
}

Result<int64_t> MicrosOf(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return BadCertificate("a certificate's time is wrong");
  return static_cast<int64_t>(::timegm(&parts)) * 1'000'000;
}

std::string CommonNameOf(X509* cert) {
  X509_NAME* const name = X509_get_subject_name(cert);
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<size_t>(ASN1_STRING_length(text)));
}

}  // namespace

Result<std::string> MakeKey() {
  const Key key(EVP_EC_gen("P-256"));
  const Bio out(BIO_new(BIO_s_mem()));
  if (!key || !out ||
      PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Failed("making a key");
  }
  return TextOf(out.get());
}

Result<std::string> MakeAuthority(const std::string& key, const std::string& name,
                                  const Validity& validity) {
  ASSIGN_OR_RETURN(const Key own, KeyFrom(key));
  return Make(own.get(), nullptr, own.get(),
              {.name = name, .usage = "keyCertSign,cRLSign", .extended_usage = "", .dns_name = ""},
              validity);
}

Result<std::string> SignServer(const KeyAndCertificate& authority, const std::string& key,
                               const std::string& dns_name, const Validity& validity) {
  ASSIGN_OR_RETURN(const Key own, KeyFrom(key));
  ASSIGN_OR_RETURN(const Key issuer_key, KeyFrom(authority.key));
  ASSIGN_OR_RETURN(const Cert issuer, CertFrom(authority.certificate));
  return Make(own.get(), issuer.get(), issuer_key.get(),
              {.name = "firmbenchd",
               .usage = "digitalSignature",
               .extended_usage = "serverAuth",
               .dns_name = dns_name},
              validity);
}

Result<std::string> SignClient(const KeyAndCertificate& authority, const std::string& request,
                               const std::string& name, const Validity& validity) {
  if (request.size() > kLongestPem) return BadRequest("is too long");
  const Request wanted(
      PEM_read_bio_X509_REQ(Reading(request).get(), nullptr, NoPassPhrase, nullptr));
  if (!wanted) return BadRequest("cannot be read");
  EVP_PKEY* const key = X509_REQ_get0_pubkey(wanted.get());
  if (key == nullptr || !IsP256(key)) return BadRequest("is not for a P-256 key");
  if (X509_REQ_verify(wanted.get(), key) != 1) return BadRequest("is not signed with its own key");
  ASSIGN_OR_RETURN(const Key issuer_key, KeyFrom(authority.key));
  ASSIGN_OR_RETURN(const Cert issuer, CertFrom(authority.certificate));
  return Make(
      key, issuer.get(), issuer_key.get(),
      {.name = name, .usage = "digitalSignature", .extended_usage = "clientAuth", .dns_name = ""},
      validity);
}

Result<CertificateFacts> Describe(const std::string& certificate) {
  ASSIGN_OR_RETURN(const Cert cert, CertFrom(certificate));
  CertificateFacts facts;
  ASSIGN_OR_RETURN(facts.validity.from_us, MicrosOf(X509_get0_notBefore(cert.get())));
  ASSIGN_OR_RETURN(facts.validity.until_us, MicrosOf(X509_get0_notAfter(cert.get())));
  ASSIGN_OR_RETURN(facts.sha256, DigestOf(cert.get(), i2d_X509));
  ASSIGN_OR_RETURN(facts.key_sha256, DigestOf(X509_get0_pubkey(cert.get()), i2d_PUBKEY));
  facts.is_authority = X509_check_ca(cert.get()) == 1;
  facts.name = CommonNameOf(cert.get());
  return facts;
}

Status CheckSigned(const std::string& certificate, const std::string& authority) {
  ASSIGN_OR_RETURN(const Cert cert, CertFrom(certificate));
  ASSIGN_OR_RETURN(const Cert issuer, CertFrom(authority));
  // Whoever checks the chain looks for the issuer by its name.
  if (X509_check_issued(issuer.get(), cert.get()) == X509_V_OK &&
      X509_verify(cert.get(), X509_get0_pubkey(issuer.get())) == 1) {
    return Ok();
  }
  return BadCertificate("the certificate is another authority's");
}

Status CheckPair(const KeyAndCertificate& pair) {
  ASSIGN_OR_RETURN(const Key key, KeyFrom(pair.key));
  ASSIGN_OR_RETURN(const Cert cert, CertFrom(pair.certificate));
  if (X509_check_private_key(cert.get(), key.get()) == 1) return Ok();
  return BadCertificate("the private key is not the certificate's");
}

}  // namespace firmbench::rpc::pki
