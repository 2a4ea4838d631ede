// SPDX-License-Identifier: Apache-2.0
// SHA-256 by OpenSSL's EVP interface, which takes the processor's instructions where there are any.
#include "sha256.h"

#include <openssl/evp.h>
#include <stdio.h>

bool sha256_hex(const unsigned char *bytes, uint64_t length, char hex[65])
{
    unsigned char digest[32];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(context, bytes, length) == 1 &&
                EVP_DigestFinal_ex(context, digest, NULL) == 1;
    EVP_MD_CTX_free(context);
    if (!done)
        return false;
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return true;
}
