namespace OrleansDaap.Testing.Telemetry;

/// <summary>A field of a protobuf message, as it is on the wire.</summary>
/// <param name="Number">Its number in the message's description.</param>
/// <param name="Bytes">A text, a nested message or bytes; empty for a number.</param>
internal readonly record struct ProtobufField(int Number, ReadOnlyMemory<byte> Bytes)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    public static IEnumerable<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        while (message.Length > 0)
        {
            var (key, rest) = ReadVarint(message);
            var (number, kind) = ((int)(key >> 3), (int)(key & 7));
            var (length, from) = kind switch
            {
                Varint => (0L, ReadVarint(rest).After),
                Fixed64 => (0L, rest[8..]),
                Fixed32 => (0L, rest[4..]),
                Delimited => ReadVarint(rest) is var (size, content) ? (size, content) : default,
                _ => throw new InvalidDataException($"There is no wire type {kind}."),
            };
            yield return new ProtobufField(number, from[..(int)length]);
            message = from[(int)length..];
        }
    }

    private static (long Value, ReadOnlyMemory<byte> After) ReadVarint(ReadOnlyMemory<byte> bytes)
    {
        var (value, at) = (0L, 0);
        while (true)
        {
            var next = bytes.Span[at];
            value |= (long)(next & 0x7F) << (7 * at++);
            if (next < 0x80) return (value, bytes[at..]);
        }
    }
}
