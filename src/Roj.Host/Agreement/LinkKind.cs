namespace Roj.Host.Agreement;

/// <summary>Who speaks about agreement.</summary>
internal enum LinkKind : byte
{
    /// <summary>A node of the cluster.</summary>
    Node = 1,

    /// <summary>Who asks a node to change or read registers for it.</summary>
    Client = 2,
}
