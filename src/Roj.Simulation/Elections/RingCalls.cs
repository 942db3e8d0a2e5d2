using System.Buffers.Binary;
using Roj.Election.Wire;
using Roj.Kernel;
using Roj.Simulation.Network;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Elections;

/// <summary>One life's <c>POST /message</c>, as the daemon has it: a stream for each, on which the request goes one way and its answer the
/// other, and as much patience.</summary>
/// <remarks>A call ends in an answer or in none, though what was sent may have been taken, or be taken later: the answer was cut off, or
/// the other stands still. Request: 4 length | JSON. Answer: 1 whether a later term is known | 8 its counter | 16 its leader.</remarks>
internal sealed class RingCalls(ElectionPart part, Machine machine)
{
    public const ushort Port = 7070;

    private const int AnswerLength = 1 + Term.Length;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    /// <summary>Posts bytes.</summary>
    /// <param name="to">To whom.</param>
    /// <param name="body">They.</param>
    /// <param name="ended">Told whether there was an answer, and of the later term for which the other refused.</param>
    public void Post(ElectionNode to, ReadOnlySpan<byte> body, Action<bool, Term?> ended)
    {
        var request = new byte[sizeof(int) + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, body.Length);
        body.CopyTo(request.AsSpan(sizeof(int)));
        var call = new Call(request, ended);
        call.Stream = machine.Connect(new Endpoint(to.Machine.Address, Port), call);
        machine.After(patience, () => End(call, isAnswered: false, null));
    }

    public static void Connected(SimStream stream) => stream.Write(((Call)stream.Token!).Request);

    public static void Failed(object? token) => End((Call)token!, isAnswered: false, null);

    public static void Closed(SimStream stream)
    {
        if (stream.Token is Call call)
            End(call, isAnswered: false, null);
        stream.Close();
    }

    public void Take(SimStream stream, ReadOnlySpan<byte> bytes)
    {
        if (stream.Token is Call call)
        {
            call.Held.AddRange(bytes);
            if (call.Held.Count == AnswerLength)
                End(call, isAnswered: true, LaterOf(call.Held.ToArray()));
            return;
        }

        if (part.IsDeaf)
            return;
        var held = (List<byte>)(stream.Token ??= new List<byte>());
        held.AddRange(bytes);
        if (held.Count >= sizeof(int) && held.Count == sizeof(int) + BinaryPrimitives.ReadInt32BigEndian([.. held.Take(sizeof(int))]))
            Answer(stream, held.ToArray().AsSpan(sizeof(int)));
    }

    private void Answer(SimStream stream, ReadOnlySpan<byte> body)
    {
        if (!RingJson.TryRead(body, out var message, out var fault))
            throw new BrokenInvariantException($"the ring does not read what it has written: {fault}");
        var later = part.Receive(message);
        var answer = new byte[AnswerLength];
        var writer = new ByteWriter(answer);
        writer.Byte(later is null ? (byte)0 : (byte)1);
        writer.UInt64(later?.Counter ?? 0);
        writer.UInt128(later?.Leader.Value ?? default);
        stream.Write(answer);
        stream.Close();
    }

    private static Term? LaterOf(ReadOnlySpan<byte> answer)
    {
        var reader = new ByteReader(answer);
        return reader.Byte() == 0 ? null : new Term(reader.UInt64(), new NodeId(reader.UInt128()));
    }

    private static void End(Call call, bool isAnswered, Term? later)
    {
        if (call.IsOver)
            return;
        call.IsOver = true;
        if (isAnswered)
            call.Stream!.Close();
        else
            call.Stream?.Abort();
        call.Ended(isAnswered, later);
    }

    private sealed class Call(byte[] request, Action<bool, Term?> ended)
    {
        public byte[] Request => request;

        public Action<bool, Term?> Ended => ended;

        public List<byte> Held { get; } = [];

        public SimStream? Stream { get; set; }

        public bool IsOver { get; set; }
    }
}
