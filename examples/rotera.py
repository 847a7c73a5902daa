#!/usr/bin/env python3
"""A client of Rotera's own protocol (docs/protocol.md, part two), complete but for reconnecting.

    rotera.py push QUEUE < LINES            one message per line, then commits
    rotera.py stream QUEUE FIRST_ID COUNT   prints ids and messages

QUEUE is a number or a name. The server is localhost:8245, or that of ROTERA_PORT.
"""
import os, socket, struct, sys

HELLO = 0xED54BBFE6535A837
DESCRIBE, PUSH, COMMIT, STREAM, LAST_PUSH = 1, 3, 4, 6, 8
BY_NAME, NUMBERED, LAST = 1, 2, 1

# CRC-32C: Castagnoli's polynomial, reflected.
TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Client:
    def __init__(self, queue, host="localhost", port=8245):
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream_in = self.socket.makefile("rb")
        self.socket.sendall(struct.pack("<QHHIQQ", HELLO, 1, 1, 0, 0, 0))
        hello = self.receive()[1]
        self.token = struct.unpack_from("<Q", hello, 8)[0]
        self.sequence = 0
        self.number = 0
        if queue.isdigit():
            self.number = int(queue)
            info = self.ask(DESCRIBE)
        else:
            info = self.ask(DESCRIBE, BY_NAME, queue.encode())
        self.number = struct.unpack_from("<I", info, 4)[0]
        self.unique_id = info[8:24].hex()

    def send(self, kind, flags=0, body=b""):
        self.socket.sendall(struct.pack("<IBBHII", 16 + len(body), kind, flags, 0, self.number, 0) + body)

    def receive(self):
        head = self.stream_in.read(16)
        if len(head) < 16:
            raise ConnectionError("the server closed the connection")
        length, _, flags, code, _, _ = struct.unpack("<IBBHII", head)
        body = self.stream_in.read(length - 16)
        if code:
            raise RuntimeError(f"error {code}: {body[24:].decode()}")
        return flags, body

    def ask(self, kind, flags=0, body=b""):
        self.send(kind, flags, body)
        return self.receive()[1]

    def push(self, messages):
        """Returns the id of the first one, final once it is committed."""
        body = struct.pack(f"<{len(messages)}I", *map(len, messages)) + b"".join(messages)
        head = struct.pack("<IIII", len(messages), self.sequence, crc32c(body), 0)
        first_id, _ = struct.unpack_from("<QQ", self.ask(PUSH, NUMBERED, head + body))
        self.sequence = (self.sequence + len(messages)) % 2**31
        return first_id

    def commit(self):
        return struct.unpack_from("<Q", self.ask(COMMIT))[0]

    def stream(self, first_id, count):
        """Yields ids, times in milliseconds and messages; waits for what is not there yet."""
        self.send(STREAM, 0, struct.pack("<QQ", first_id, count))
        flags, end = 0, None
        while not flags & LAST:
            flags, body = self.receive()
            _, _, first, skipped = struct.unpack_from("<QQQQ", body)
            if skipped:
                print(f"{skipped} messages had been overwritten", file=sys.stderr)
            end = first + count if end is None else end
            at = 32
            while at < len(body):
                id, time, n, size, checksum, _ = struct.unpack_from("<QQIIII", body, at)
                record = body[at + 32 : at + 32 + size]
                if crc32c(record) != checksum:
                    raise RuntimeError(f"messages from {id} on were damaged on the way")
                from_byte = 4 * n
                for length in struct.unpack_from(f"<{n}I", record):
                    if first <= id < end:
                        yield id, time, record[from_byte : from_byte + length]
                    from_byte += length
                    id += 1
                at += 32 + size


if __name__ == "__main__":
    client = Client(sys.argv[2], port=int(os.environ.get("ROTERA_PORT", 8245)))
    if sys.argv[1] == "push":
        first = client.push([line.rstrip(b"\n") for line in sys.stdin.buffer])
        print(f"pushed from id {first} on, committed up to {client.commit()}")
    else:
        for id, time, message in client.stream(int(sys.argv[3]), int(sys.argv[4])):
            print(id, message.decode(errors="replace"))
