// SPDX-License-Identifier: Apache-2.0
// SHA-256 by OpenSSL's EVP interface, which takes the processor's instructions where there are any.
#include "sha256.h"

#include <openssl/evp.h>
#include <stdio.h>

bool sha256_begin(struct sha256 *sha256)
{
    sha256->context = EVP_MD_CTX_new();
    return sha256->context != NULL && EVP_DigestInit_ex(sha256->context, EVP_sha256(), NULL) == 1;
}

bool sha256_add(struct sha256 *sha256, const unsigned char *bytes, uint64_t length)
{
    return length == 0 || EVP_DigestUpdate(sha256->context, bytes, length) == 1;
}

bool sha256_end(struct sha256 *sha256, char hex[65])
{
    unsigned char digest[32];
    if (EVP_DigestFinal_ex(sha256->context, digest, NULL) != 1)
        return false;
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return true;
}

void sha256_free(struct sha256 *sha256)
{
    EVP_MD_CTX_free(sha256->context);
    sha256->context = NULL;
}
