using System.Net;
using Roj.Agreement;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>A node's part in the store, in whichever mode. On the node's loop, but for what is said to be otherwise.</summary>
internal interface IStoreWing : IDisposable
{
    /// <summary>Where clients are listened for who speak RESP; null if nowhere.</summary>
    IPEndPoint? Clients { get; }

    /// <summary>Who watches changes of keys at this node. From any thread.</summary>
    Watchers Watchers { get; }

    /// <summary>Carries out a call. From any thread.</summary>
    Task<StorageAnswer> AskAsync(StorageCall call);

    /// <summary>How it stands. From any thread.</summary>
    Task<StoreStatus> StatusAsync();

    /// <summary>Begins.</summary>
    void Start();

    /// <summary>Who is here has changed, or what is known of them.</summary>
    void MembersChanged(IReadOnlyList<Member> members);

    /// <summary>A member will not be back, as an operator says.</summary>
    void Evicted(NodeId node);

    /// <summary>A node has called that speaks of the store; its hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What it said.</param>
    /// <param name="source">From which address.</param>
    void Take(Channel channel, LinkHello hello, uint source);

    /// <summary>Agreement tells something.</summary>
    void Heard(AgreementEvent what);

    /// <summary>This node leads, or does not any more.</summary>
    void Leads(Term? leads);

    /// <summary>Whether answers wait to be given by the next <see cref="Turn"/>.</summary>
    bool HasNews { get; }

    /// <summary>Does what is due, and sends what was said since the last time.</summary>
    /// <returns>When to be called again though nothing came; null for never.</returns>
    Instant? Turn();
}
