# SPDX-License-Identifier: Apache-2.0
"""Authorities as a shop makes them, with openssl."""

import datetime
import os

import bench

CONFIG = """[ca]
default_ca = it
[it]
new_certs_dir = {folder}
database = {folder}/index
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(*arguments):
    done = bench.run("openssl", *arguments)
    if done.status != 0:
        raise AssertionError(str(done))
    return done.out


def make_key(path, kind="RSA"):
    more = {"RSA": ("-pkeyopt", "rsa_keygen_bits:2048"), "EC": ("-pkeyopt", "ec_paramgen_curve:P-256")}
    openssl("genpkey", "-algorithm", kind, *more[kind], "-out", path)
    return path


def make_authority(folder, key, out, name, first_day, last_day, signed_by=None):
    """A certificate of an authority for the private key in the file `key`, good from `first_day` to
    `last_day`, counted from today. `signed_by` is a pair of files, certificate and key; without it
    its own key signs it."""
    def day(days):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (now + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")

    os.makedirs(folder, exist_ok=True)
    config, request = os.path.join(folder, "openssl.cnf"), os.path.join(folder, "request.pem")
    with open(config, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(folder=folder))
    with open(os.path.join(folder, "index"), "w", encoding="utf-8"):
        pass
    openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
    signer = ("-cert", signed_by[0], "-keyfile", signed_by[1]) if signed_by else (
        "-selfsign", "-keyfile", key)
    openssl("ca", "-batch", "-config", config, *signer, "-in", request, "-out", out, "-notext",
            "-extensions", "authority", "-startdate", day(first_day), "-enddate", day(last_day))
    return out
