namespace Roj.EndToEnd.Interop;

/// <summary>aria2 and Roj: the file.</summary>
public class Aria2FileTests : ForeignFileTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Aria2(host, outfit);
}
