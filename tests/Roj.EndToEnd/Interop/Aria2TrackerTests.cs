namespace Roj.EndToEnd.Interop;

/// <summary>aria2 and Roj: trackers.</summary>
public class Aria2TrackerTests : ForeignTrackerTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Aria2(host, outfit);
}
