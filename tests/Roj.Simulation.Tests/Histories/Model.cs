using System.Globalization;
using Roj.Simulation.Histories;

namespace Roj.Simulation.Tests.Histories;

/// <summary>The register once more, in the plainest words: the checkers' own is not asked.</summary>
internal static class Model
{
    /// <summary>What the register holds after a change; null if the change is refused.</summary>
    public static Seen? After(Seen held, OperationKind kind)
    {
        switch (kind)
        {
            case OperationKind.Write write:
                return new Seen(held.Version + 1, write.Value);
            case OperationKind.CompareAndSet set:
                return held.Value == set.Expected ? new Seen(held.Version + 1, set.Value) : null;
            case OperationKind.CompareVersionAndSet set:
                return held.Version == set.Expected ? new Seen(held.Version + 1, set.Value) : null;
            case OperationKind.Append append:
                return new Seen(held.Version + 1, (held.Value ?? "") + append.Text);
            case OperationKind.Add add:
                return long.TryParse(held.Value ?? "0", CultureInfo.InvariantCulture, out var number)
                    ? new Seen(held.Version + 1, (number + add.Delta).ToString(CultureInfo.InvariantCulture))
                    : null;
            case OperationKind.Delete:
                return new Seen(held.Version + 1, null);
            default:
                return null;
        }
    }
}
