namespace Roj.Agreement;

/// <summary>What agreement tells its own node.</summary>
public abstract record AgreementEvent
{
    private AgreementEvent()
    {
    }

    /// <summary>A change has ended.</summary>
    /// <param name="Change">Which.</param>
    /// <param name="Applied">Whether it was applied, by whomever.</param>
    /// <param name="Content">What the register holds since then, or held when the change's condition failed; null if that is not known.</param>
    public sealed record Ended(ChangeId Change, Applied Applied, Content? Content) : AgreementEvent;
}
