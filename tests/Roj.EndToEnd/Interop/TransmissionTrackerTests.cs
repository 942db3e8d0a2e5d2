namespace Roj.EndToEnd.Interop;

/// <summary>Transmission and Roj: trackers.</summary>
public class TransmissionTrackerTests : ForeignTrackerTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Transmission(host, outfit);
}
