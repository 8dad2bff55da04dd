#include "courier/ssh_parts.h"

#include "courier/printable.h"

#include <stdio.h>
#include <string.h>

typedef struct found_key {
    const char *type; /* "ssh-ed25519" */
    char *fingerprint;
} found_key;

static int read_host_key(const bx_ssh *ssh, ssh_key *key, found_key *found)
{
    unsigned char *hash = NULL;
    size_t length = 0;
    if (ssh_get_server_publickey(ssh->session, key) != SSH_OK)
        return -1;
    if (ssh_get_publickey_hash(*key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != SSH_OK)
        return -1;
    found->type = ssh_key_type_to_char(ssh_key_type(*key));
    found->fingerprint = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
    ssh_clean_pubkey_hash(&hash);
    return found->type && found->fingerprint ? 0 : -1;
}

/* Whether known_hosts has a line for this host with a marker, and with `key`, or any: NULL. libssh
 * passes over such lines. */
static bool is_marked(const bx_ssh_options *options, const char *marker, ssh_key key)
{
    char name[320];
    if (options->host_name || options->port == 22)
        snprintf(name, sizeof name, "%s",
                 options->host_name ? options->host_name : options->address);
    else
        snprintf(name, sizeof name, "[%s]:%d", options->address, options->port);
    FILE *file = fopen(options->known_hosts, "re");
    char line[16 << 10];
    bool marked = false;
    while (file && !marked && fgets(line, sizeof line, file)) {
        struct ssh_knownhosts_entry *entry = NULL;
        char *at = line + strspn(line, " \t");
        if (strncmp(at, marker, strlen(marker)) != 0)
            continue;
        at += strlen(marker);
        at += strspn(at, " \t");
        at[strcspn(at, "\r\n")] = '\0';
        if (ssh_known_hosts_parse_line(name, at, &entry) != SSH_OK)
            continue;
        marked = !key || ssh_key_cmp(entry->publickey, key, SSH_KEY_CMP_PUBLIC) == 0;
        ssh_knownhosts_entry_free(entry);
    }
    if (file)
        fclose(file);
    return marked;
}

static int check_known_hosts(const bx_ssh *ssh, const bx_ssh_options *options, ssh_key key,
                             const found_key *found, bx_error *err)
{
    const char *name = options->host_name ? options->host_name : options->address;
    char reason[256];
    switch (ssh_session_is_known_server(ssh->session)) {
    case SSH_KNOWN_HOSTS_OK: break;
    case SSH_KNOWN_HOSTS_CHANGED:
        return bx_fail(
            err, BX_ETRUST,
            "the host key of %s has changed: %s has another %s key for %s, found was %s; "
            "nothing was sent",
            ssh->where, options->known_hosts, found->type, name, found->fingerprint);
    case SSH_KNOWN_HOSTS_OTHER:
        return bx_fail(err, BX_ETRUST,
                       "the host key of %s is of another type than %s has for %s: found was the %s "
                       "key %s; nothing was sent",
                       ssh->where, options->known_hosts, name, found->type, found->fingerprint);
    case SSH_KNOWN_HOSTS_UNKNOWN:
    case SSH_KNOWN_HOSTS_NOT_FOUND:
        return bx_fail(err, BX_ETRUST,
                       "the host key of %s is unknown: %s has no key for %s%s, found was the %s "
                       "key %s; nothing was sent",
                       ssh->where, options->known_hosts, name,
                       is_marked(options, "@cert-authority", NULL)
                           ? " but an authority's, of which libssh makes no use"
                           : "",
                       found->type, found->fingerprint);
    default:
        return bx_fail(err, BX_ETRUST,
                       "%s cannot be used to check the host key of %s (%s key %s): %s; nothing was "
                       "sent",
                       options->known_hosts, ssh->where, found->type, found->fingerprint,
                       bx_ssh_reason(ssh, reason, sizeof reason));
    }
    /* it must not pass because another line still has it */
    if (is_marked(options, "@revoked", key))
        return bx_fail(
            err, BX_ETRUST,
            "the host key of %s is revoked: %s says so of the %s key %s; nothing was sent",
            ssh->where, options->known_hosts, found->type, found->fingerprint);
    return 0;
}

int bx_ssh_check_host_key(const bx_ssh *ssh, const bx_ssh_options *options, bx_error *err)
{
    ssh_key key = NULL;
    found_key found = {NULL, NULL};
    int status = 0;
    if (read_host_key(ssh, &key, &found) < 0)
        status = bx_fail(err, BX_ETRUST, "the host key of %s cannot be read; nothing was sent",
                         ssh->where);
    else if (options->known_hosts)
        status = check_known_hosts(ssh, options, key, &found, err);
    if (status == 0 && options->fingerprint && strcmp(options->fingerprint, found.fingerprint) != 0)
        status = bx_fail(err, BX_ETRUST,
                         "the host key of %s is not the one expected: found was the %s key %s, "
                         "expected %s; nothing was sent",
                         ssh->where, found.type, found.fingerprint, options->fingerprint);
    ssh_string_free_char(found.fingerprint);
    ssh_key_free(key);
    return status;
}
