namespace Roj.Host.Net;

/// <summary>Who speaks by a link, and about what.</summary>
internal enum LinkKind : byte
{
    /// <summary>A node of the cluster, about agreement.</summary>
    Node = 1,

    /// <summary>Who asks a node to change or read registers for it.</summary>
    Client = 2,

    /// <summary>A node of the cluster, about tokens.</summary>
    Token = 3,

    /// <summary>A node of the cluster, about what the store keeps.</summary>
    Store = 4,
}
