using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Roj.Kernel;

namespace Roj.Election.Wire;

/// <summary>The messages of the ring as JSON, the body of <c>POST /message</c>.</summary>
/// <remarks>
/// <code>
/// {"type":"ELECTION","version":1,"sender":ID,"origin":ID,"hops":0}
/// {"type":"LEADER","version":1,"sender":ID,"origin":ID,"hops":0,"term":TERM}
/// {"type":"COLLECT","version":1,"sender":ID,"origin":ID,"hops":0,"term":TERM,"ids":[ID,…]}
/// {"type":"COLOR","version":1,"sender":ID,"origin":ID,"hops":0,"term":TERM,"revision":1,"colors":{NODE:"green",NODE:"red",…}}
///   ID = {"id":0…4294967295,"node":NODE}    TERM = {"counter":0…2^62,"leader":NODE}    NODE = 32 lower-case hexadecimal digits
/// </code>
/// Members stand in any order, each exactly once, none but these; numbers are whole and plain, texts without escapes.
/// </remarks>
public static class RingJson
{
    /// <summary>The longest body, in bytes: what 1,024 nodes take, whatever they are called.</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>Most nodes in a message.</summary>
    public const int IdsMax = 1024;

    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>The bytes of <paramref name="message"/>.</summary>
    public static byte[] Write(RingMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, TypeOf(message));
            json.WriteNumber("version"u8, Version);
            Write(json, "sender"u8, message.Sender);
            Write(json, "origin"u8, message.Origin);
            json.WriteNumber("hops"u8, message.Hops);
            WriteRest(json, message);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads one message, all of <paramref name="body"/>.</summary>
    /// <param name="body">Any bytes: nothing throws.</param>
    /// <param name="message">The message; null if it is refused.</param>
    /// <param name="refusal">Why it is refused, for people; null if it is not. It repeats nothing of the body.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> body, [NotNullWhen(true)] out RingMessage? message, [NotNullWhen(false)] out string? refusal)
    {
        message = null;
        if (body.Length > BytesMax)
        {
            refusal = $"a message has at most {BytesMax} bytes";
            return false;
        }

        var reader = new RingJsonReader(body);
        try
        {
            message = reader.Message();
        }
        catch (JsonException)
        {
            reader.Fail("it is no JSON");
        }

        refusal = message is null ? reader.Refusal : null;
        return message is not null;
    }

    private static ReadOnlySpan<byte> TypeOf(RingMessage message) => message switch
    {
        RingMessage.Election => "ELECTION"u8,
        RingMessage.Leader => "LEADER"u8,
        RingMessage.Collect => "COLLECT"u8,
        RingMessage.Color => "COLOR"u8,
        _ => throw new ArgumentException($"no message of the ring: {message.GetType()}", nameof(message)),
    };

    private static void WriteRest(Utf8JsonWriter json, RingMessage message)
    {
        switch (message)
        {
            case RingMessage.Leader leader:
                Write(json, leader.Term);
                break;
            case RingMessage.Collect collect:
                Write(json, collect.Term);
                json.WriteStartArray("ids"u8);
                foreach (var id in collect.Ids)
                    Write(json, id);
                json.WriteEndArray();
                break;
            case RingMessage.Color(_, _, _, var colouring):
                Write(json, colouring.Term);
                json.WriteNumber("revision"u8, colouring.Version);
                json.WriteStartObject("colors"u8);
                foreach (var (node, colour) in colouring.Colours)
                    json.WriteString(node.ToString(), colour is Colour.Green ? "green"u8 : "red"u8);
                json.WriteEndObject();
                break;
            default:
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, RingId id)
    {
        json.WritePropertyName(name);
        Write(json, id);
    }

    private static void Write(Utf8JsonWriter json, RingId id)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, id.Drawn);
        json.WriteString("node"u8, id.Node.ToString());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Term term)
    {
        json.WriteStartObject("term"u8);
        json.WriteNumber("counter"u8, term.Counter);
        json.WriteString("leader"u8, term.Leader.ToString());
        json.WriteEndObject();
    }
}
