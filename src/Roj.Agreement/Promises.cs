using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What was promised to a proposer beside what was taken (rule 4), and what that was: so that its next change of the register
/// takes one round trip.</summary>
internal sealed class Promises
{
    /// <summary>Registers that are remembered; beyond, all are forgotten, which costs each a round trip.</summary>
    private const int Max = 16 * 1024;

    /// <summary>Content that is worth being remembered.</summary>
    private const int BytesMax = 4 * 1024;

    private readonly Table<(ushort Slot, RegisterName Name), (ulong Version, Ballot Ballot, Content Content)> known = new();

    public void Keep(ushort slot, RegisterName name, ulong version, Ballot ballot, Content content)
    {
        if (content.Data is { Length: > BytesMax })
            return;
        if (known.Count >= Max)
            known.Clear();
        known[(slot, name)] = (version, ballot, content);
    }

    /// <summary>Takes a promise out: it can be used once.</summary>
    public (Ballot Ballot, Content Content)? Take(ushort slot, RegisterName name, ulong version) =>
        known.Remove((slot, name), out var promise) && promise.Version == version ? (promise.Ballot, promise.Content) : null;

    public void Forget(ushort slot) => known.RemoveWhere((key, _) => key.Slot == slot);
}
