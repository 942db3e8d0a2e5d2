namespace Roj.EndToEnd.Interop;

/// <summary>aria2 and Roj.</summary>
public class Aria2Tests : ForeignProgramTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Aria2(host, outfit);
}
