"""What a guest with cloud-init makes of a seed drive: a FAT12 volume called CIDATA."""

import json
import struct


def long_name(entry):
    """The part of a long name that an entry has."""
    units = entry[1:11] + entry[14:26] + entry[28:32]
    return units.decode("utf-16-le").partition("\0")[0].rstrip("\uffff")


def read_volume(data):
    """The files of a FAT12 volume by name, and its label."""
    sector, per_cluster, reserved, fats, entries = struct.unpack_from("<HBHBH", data, 11)
    fat_sectors = struct.unpack_from("<H", data, 22)[0]
    root = (reserved + fats * fat_sectors) * sector
    first = root + 32 * entries

    def following(cluster):
        at = reserved * sector + cluster * 3 // 2
        pair = data[at] | data[at + 1] << 8
        return pair >> 4 if cluster & 1 else pair & 0xFFF

    files, label, name = {}, None, ""
    for at in range(root, first, 32):
        entry = data[at : at + 32]
        if entry[0] == 0:
            break
        if entry[11] == 0x0F:
            name = long_name(entry) + name
        elif entry[11] & 0x08:
            label = entry[:11].decode("ascii").rstrip()
        else:
            cluster, size = struct.unpack_from("<HI", entry, 26)
            text, length = b"", per_cluster * sector
            while 2 <= cluster < 0xFF8:
                start = first + (cluster - 2) * length
                text += data[start : start + length]
                cluster = following(cluster)
            files[name], name = text[:size], ""
    return files, label


def authorized_keys(volumes, user):
    """The keys that cloud-init lets in as a user, from the first volume that is a seed."""
    for data in volumes:
        files, label = read_volume(data)
        if label != "CIDATA" or "instance-id" not in json.loads(files["meta-data"]):
            continue
        head, _, text = files["user-data"].partition(b"\n")
        if head != b"#cloud-config":
            continue
        for entry in json.loads(text)["users"]:
            if isinstance(entry, dict) and entry["name"] == user:
                return entry["ssh_authorized_keys"]
    return []
