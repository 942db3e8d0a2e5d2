namespace Roj.Simulation;

internal enum InputKind : byte
{
    Datagram,
    Accepted,
    Connected,
    ConnectFailed,

    /// <summary>A stream has one more piece, or its end, to be read.</summary>
    Readable,
    Drained,
    Wake,
    Action,
}
