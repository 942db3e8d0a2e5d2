using Roj.Kernel;
using Roj.Simulation.Network;
using Roj.Simulation.Swarms;
using Roj.Token.Wire;

namespace Roj.Simulation.Tokens;

/// <summary>What goes by TCP: a stream for each frame, which its receiver closes when it has it.</summary>
internal static class TokenCalls
{
    public const ushort Port = 7070;

    /// <summary>Sends a frame.</summary>
    /// <param name="machine">From where.</param>
    /// <param name="to">To whom.</param>
    /// <param name="frame">It.</param>
    /// <param name="failed">Told, if it may not have arrived, whether any of it was sent.</param>
    /// <returns>The stream.</returns>
    public static SimStream Send(Machine machine, TokenNode to, byte[] frame, Action<bool> failed) =>
        machine.Connect(new Endpoint(to.Machine.Address, Port), new Call(frame, failed));

    public static void Connected(SimStream stream) => stream.Write(((Call)stream.Token!).Frame);

    public static void Failed(object? token) => ((Call)token!).Failed(false);

    public static void Accepted(TokenNode node, SimStream stream, Endpoint from)
    {
        if (node.Part is null)
            stream.Abort();
        else
            stream.Token = new Reading(from.Address);
    }

    public static void Take(TokenNode node, SimStream stream, ReadOnlySpan<byte> bytes)
    {
        if (stream.Token is not Reading reading)
            return;
        reading.Held.AddRange(bytes);
        var status = TokenFrame.TryRead(reading.Held.ToArray(), out var frame, out _);
        if (status is ReadStatus.Malformed)
            throw new BrokenInvariantException("a token is not read as it was written");
        if (status is not ReadStatus.Done)
            return;
        if (node.Part?.IsToBeCut is true)
            stream.Abort();
        else
            stream.Close();
        node.Part?.Receive(reading.From, frame!);
    }

    public static void Closed(SimStream stream)
    {
        if (stream.Token is Call call && stream.End is not StreamEnd.Closed)
            call.Failed(true);
        stream.Close();
    }

    private sealed record Call(byte[] Frame, Action<bool> Failed);

    private sealed class Reading(uint from)
    {
        public uint From => from;

        public List<byte> Held { get; } = [];
    }
}
