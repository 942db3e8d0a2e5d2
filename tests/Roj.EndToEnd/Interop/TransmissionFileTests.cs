namespace Roj.EndToEnd.Interop;

/// <summary>Transmission and Roj: the file.</summary>
public class TransmissionFileTests : ForeignFileTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Transmission(host, outfit);
}
