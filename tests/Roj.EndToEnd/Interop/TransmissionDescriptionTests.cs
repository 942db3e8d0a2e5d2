namespace Roj.EndToEnd.Interop;

/// <summary>Transmission and Roj: the description.</summary>
public class TransmissionDescriptionTests : ForeignDescriptionTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Transmission(host, outfit);
}
