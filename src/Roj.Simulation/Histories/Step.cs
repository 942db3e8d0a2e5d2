namespace Roj.Simulation.Histories;

/// <summary>An operation as the checkers see it: what may stand where in an order.</summary>
internal sealed class Step(Operation operation)
{
    public Operation Operation => operation;

    public OperationKind Kind => operation.Kind;

    public long Invoked => operation.Invoked;

    /// <summary>Whether it may be left out.</summary>
    public bool IsOptional => operation.Outcome is Outcome.Unknown;

    /// <summary>The end of the time in which it stands; what is unknown may take effect at any later time.</summary>
    public long Returned { get; } = operation.Outcome is Outcome.Unknown ? long.MaxValue : operation.Returned ?? long.MaxValue;

    /// <summary>Whether it makes a version where it stands.</summary>
    public bool IsChange => operation.Kind.IsChange && operation.Outcome is not Outcome.No;

    public Seen? Seen => IsOptional ? null : operation.Seen;

    /// <summary>Whether it can stand behind this content.</summary>
    /// <param name="before">What the register holds.</param>
    /// <param name="versions">Whether versions are judged.</param>
    /// <param name="after">What it holds then.</param>
    public bool CanStand(Seen before, bool versions, out Seen after)
    {
        after = before;
        if (IsChange)
        {
            if (!Kind.IsMet(before, versions))
                return false;
            after = new Seen(before.Version + 1, Kind.Make(before.Value));
        }
        else if (Kind.IsChange && !Kind.MayBeRefused(before, versions))
        {
            return false;
        }

        return Seen is not { } seen || (seen.Value == after.Value && (!versions || seen.Version == after.Version));
    }

    public override string ToString() => operation.ToString();
}
