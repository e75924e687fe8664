using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>Makes JSON bodies wrong: a member's value, the members there are, or the text itself.</summary>
internal sealed class BodyMutator(Random random)
{
    /// <summary>One byte more than a body may have.</summary>
    private const int TooLong = (1024 * 1024) + 1;

    private const string Mark = "@@raw@@";

    /// <summary>Values as they stand in the text, also such as no serializer writes.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.5", "0.001", "0.0001", "1e3", "1e400", "-1e400", "1e-400", "2147483647", "2147483648", "9223372036854775808",
        "79228162514264337593543950336", "1000000000", "1000000001", "3650", "3651", "9", "10", "17", "18", "19", "256.0000000000000000000000000001", new('9', 400),
        "\"\"", "\" \"", "\"0\"", "\"1\"", "\"true\"", "\"null\"", "\"é\"", "\"🐘\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\u0000b\"", "\"\\u202e\"", "\"\\r\\n\"",
        "\"' or 1=1 --\"", "\"<b>\"", "\"../..\"", "\"{0}\"", "\"%s%n\"", "\"-a\"", "\"a-\"", "\"a--b\"", "\"A\"", "\"platform\"", "\"checkout\"", "\"platform-team\"", "\"* * * * *\"",
        "\"60 24 32 13 8\"", "\"*/0 * * * *\"", "\"99999999999 * * * *\"", "\"2030-01-01T00:00:00Z\"", "\"2030-01-01\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"9999-12-31T23:59:59-14:00\"",
        "\"0001-01-01T00:00:00+14:00\"", "\"2030-02-30T00:00:00Z\"", "\"hard\"", "\"archive\"", "\"session\"", $"\"{new string('a', 40)}\"", $"\"{new string('a', 41)}\"",
        $"\"{new string('a', 63)}\"", $"\"{new string('a', 64)}\"", $"\"{new string('a', 500)}\"", $"\"{new string('a', 501)}\"", $"\"{new string('é', 70000)}\"",
        "[]", "{}", "[null]", "[[[[]]]]", "{\"a\":1}", "{\"\":null}", "{\"size_gib\":1}", "NaN", "Infinity", "'a'", "undefined", "01", "+1", ".5", "0x10",
        string.Concat(Enumerable.Repeat("[", 14)) + string.Concat(Enumerable.Repeat("]", 14)), new string('[', 20000), string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100),
    ];

    private static readonly string[] Texts =
    [
        "", " ", "null", "true", "1", "\"text\"", "[]", "[{}]", "{}", "{", "}", "{\"", "{\"a\"}", "{,}", "{\"a\":1,}", "// no\n{}", "{}{}", "{} x", "\ufeff{}", "\0", "{\"\\ud800\":1}", "{\"a\\u0000\":1}",
        "a=b&c=d", "<a/>", "--x\r\n",
    ];

    public byte[] Mutate(string body) => random.Next(12) switch
    {
        0 => Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]),
        1 => Encoding.UTF8.GetBytes(body)[..random.Next(Encoding.UTF8.GetByteCount(body))],
        2 => Overwritten(body),
        3 => random.Next(6) == 0 ? Padded(body) : Encoding.UTF8.GetBytes(body.Replace("\":", "\" : \n\t", StringComparison.Ordinal)),
        _ => Encoding.UTF8.GetBytes(WithMember(body)),
    };

    private static byte[] Padded(string body) => Encoding.UTF8.GetBytes(body + new string(' ', TooLong - body.Length));

    private byte[] Overwritten(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        if (bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private string WithMember(string body)
    {
        if (Parsed(body) is not { } root)
            return body;
        var objects = Objects(root).ToList();
        var target = objects[random.Next(objects.Count)];
        var name = target.Count > 0 ? target.ElementAt(random.Next(target.Count)).Key : "name";
        switch (random.Next(8))
        {
            case 0:
                target.Remove(name);
                break;
            case 1:
                target[Name()] = 1;
                break;
            case 2:
                // Once more, under the same name: an object cannot hold that, so it goes in as text.
                target[name] = Mark;
                return root.ToJsonString().Replace($"\"{Mark}\"", $"1,\"{name}\":{Value()}", StringComparison.Ordinal);
            case 3:
                target[name.ToUpperInvariant()] = 1;
                break;
            default:
                target[name] = Mark;
                return root.ToJsonString().Replace($"\"{Mark}\"", Value(), StringComparison.Ordinal);
        }

        return root.ToJsonString();
    }

    private string Value() => Values[random.Next(Values.Length)];

    private string Name() => ((string[])["", "unknown", "id", "key", "revision", "__proto__", "é", "a.b", "$", "$ref", new('n', 5000)])[random.Next(11)];

    private static JsonObject? Parsed(string body)
    {
        // Halves of surrogate pairs, which were put in as text, can be read but not written again.
        if (body.Contains("\\ud", StringComparison.Ordinal))
            return null;
        try
        {
            return JsonNode.Parse(body, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            // It was made no JSON before.
            return null;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonObject root) => root.Select(member => member.Value).OfType<JsonObject>().SelectMany(Objects).Prepend(root);
}
