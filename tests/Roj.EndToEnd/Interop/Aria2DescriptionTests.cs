namespace Roj.EndToEnd.Interop;

/// <summary>aria2 and Roj: the description.</summary>
public class Aria2DescriptionTests : ForeignDescriptionTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Aria2(host, outfit);
}
