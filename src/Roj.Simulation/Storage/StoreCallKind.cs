namespace Roj.Simulation.Storage;

/// <summary>What a client asks for.</summary>
internal enum StoreCallKind
{
    Write,
    Delete,
    Read,
}
