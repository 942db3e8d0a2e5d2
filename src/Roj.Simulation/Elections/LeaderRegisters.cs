using Roj.Agreement;
using Roj.Election;
using Roj.Election.Wire;
using Answer = Roj.Agreement.Outcome;

namespace Roj.Simulation.Elections;

/// <summary>What one life of a node reads and writes of registers, above all the colours.</summary>
internal sealed class LeaderRegisters(ElectionPart part, ElectionNode node)
{
    private static readonly RegisterName colours = RegisterName.Of("colours");
    private static readonly TimeSpan writeAgain = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<ChangeId, Action<Answer>> asked = [];

    /// <summary>Asks for a change of a register, or reads it.</summary>
    /// <returns>False if that is impossible now.</returns>
    public bool Ask(RegisterName name, RegisterChange? change, Action<Answer> ended)
    {
        if (node.Agreement is not { IsAble: true } agreement)
            return false;
        agreement.Do((registers, outbox) => { asked[registers.Ask(node.Machine.Now, 0, name, change, outbox)] = ended; });
        return true;
    }

    /// <summary>Agreement answers.</summary>
    public void Hear(Answer answer)
    {
        if (asked.Remove(answer.Id, out var ended))
            ended(answer);
    }

    /// <summary>Writes colours until they are written, or there are later ones.</summary>
    public void Write(Colouring colouring)
    {
        if (part.IsOver || part.Election.Colouring != colouring
            || node.Agreement?.Registers?.NextFence(node.Machine.Now, ElectionPart.Leader) is not { } fence)
        {
            return;
        }

        var isAsked = Ask(colours, new RegisterChange.Set(ColouringCodec.Write(colouring)) { Fence = fence }, answer =>
        {
            if (answer.Applied is not Applied.Yes && answer.Refusal is not Refusal.Fenced)
                node.Machine.After(writeAgain, () => Write(colouring));
        });
        if (!isAsked)
            node.Machine.After(writeAgain, () => Write(colouring));
    }

    /// <summary>The lease is granted. Nobody remembers the colours after all were down: then they are read before others are
    /// made.</summary>
    public void Granted(ulong epoch)
    {
        if (part.Election.Colouring != Colouring.None || !Ask(colours, null, answer => Lead(answer.Content?.Data)))
            Lead(null);

        void Lead(ReadOnlyMemory<byte>? data)
        {
            Colouring? remembered = null;
            if (data is { } bytes)
                ColouringCodec.TryRead(bytes.Span, out remembered);
            part.Granted(epoch, remembered);
        }
    }
}
