namespace Roj.EndToEnd.Interop;

/// <summary>Transmission and Roj.</summary>
public class TransmissionTests : ForeignProgramTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Transmission(host, outfit);
}
