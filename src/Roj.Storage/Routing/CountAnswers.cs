using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Answers how many keys there are here, once all slots that are asked for have been counted.</summary>
internal sealed class CountAnswers(Replica replica)
{
    private readonly List<(NodeId From, StorageMessage.Count Question)> waiting = [];

    /// <summary>Somebody asks.</summary>
    public void Hear(NodeId from, StorageMessage.Count question, StorageOutbox outbox)
    {
        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            if (question.Slots.Has(slot))
                replica.Recount(slot, isUsedOnly: false);
        }

        waiting.Add((from, question));
        Answer(outbox);
    }

    /// <summary>He is here no more.</summary>
    public void Lose(NodeId node) => waiting.RemoveAll(one => one.From == node);

    /// <summary>Answers what can be answered by now.</summary>
    public void Answer(StorageOutbox outbox)
    {
        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            var (from, question) = waiting[i];
            long? sum = 0;
            for (var slot = 0; slot < SlotMap.Slots; slot++)
            {
                if (question.Slots.Has(slot))
                    sum += replica.DigestOf(slot)?.CountOf(question.Database); // null if one is not built yet
            }

            if (sum is not { } number)
                continue;
            waiting.RemoveAt(i);
            outbox.Send(from, new StorageMessage.Counted(question.Id, number));
        }
    }
}
