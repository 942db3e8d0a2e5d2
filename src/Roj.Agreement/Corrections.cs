using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What a proposer tells acceptors that have missed something.</summary>
internal static class Corrections
{
    /// <summary>Has those take the last who answered with something older, and only them: who did not answer may be away.</summary>
    public static void Repair(
        Request request, ReplicaSet set, Ballot greatest, IEnumerable<NodeId> having, AgreementOutbox outbox)
    {
        foreach (var node in request.Answers.Nodes.Except(having))
        {
            outbox.Send(node, new AgreementMessage.Accept(
                request.Slot, set.Version, request.Name, greatest, request.Proposed!, Ballot.None, IsKnown: true));
        }
    }

    /// <summary>Has those who guard a lease that others know to be given back take that.</summary>
    /// <remarks>They have missed it, and whoever gave it back may be gone: they are asked to take it (rule 7), and then once more what they
    /// refused. Once in an attempt, for they may have promised another.</remarks>
    public static void Correct(Request request, ReplicaSet set, AgreementOutbox outbox)
    {
        if (request is not { Phase: Phase.Preparing, Answers.Nodes.Count: > 0 }
            || request.Answers.Greatest() is not (var greatest, { Lease.IsFree: true } content))
            return;
        foreach (var node in request.Refusing.Except(request.Corrected).ToArray())
        {
            request.Refusing.Remove(node);
            request.Corrected.Add(node);
            outbox.Send(node, new AgreementMessage.Accept(request.Slot, set.Version, request.Name, greatest, content, Ballot.None));
            outbox.Send(node, request.Message);
        }
    }
}
