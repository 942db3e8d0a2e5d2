using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Host.Net;

namespace Roj.Host.Agreement;

/// <summary>Those who are no nodes and have this one change and read registers for them: <see cref="AgreementMessage.Forward"/> comes,
/// <see cref="AgreementMessage.Answer"/> goes, in any order.</summary>
/// <remarks>A client that lost its connection may ask by the same id again, here or elsewhere: what is still under way here is answered to
/// both. On the loop only.</remarks>
/// <param name="own">What this node says to who calls.</param>
/// <param name="ask">Has a change or a reading be made.</param>
internal sealed class ClientDoor(LinkHello own, Action<AgreementMessage.Forward> ask) : IDisposable
{
    /// <summary>Clients at a time.</summary>
    public const int ClientsMax = 256;

    /// <summary>What one client may have asked for and not been told of.</summary>
    public const int AskedMax = 1024;

    private const int UsualBytes = 8 * 1024;

    private static readonly RegisterName roster = RegisterName.Of("roster");

    private readonly LinkedList<Client> clients = [];
    private readonly Dictionary<ChangeId, Errand> waiting = [];
    private readonly List<Client> written = [];
    private readonly ByteBudget budget = new(4L * AgreementCodec.LengthMax);

    /// <summary>Clients that are connected.</summary>
    public int Count => clients.Count;

    /// <summary>Clients that were hung up on for what they said, or took no answers.</summary>
    public long Malformed { get; private set; }

    /// <summary>Clients for whom there was no place.</summary>
    public long Refused { get; private set; }

    /// <summary>A client has called; its hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What it said.</param>
    public async void Take(Channel channel, LinkHello hello)
    {
        if (clients.Count >= ClientsMax || hello.Cluster != own.Cluster)
        {
            Refused++;
            channel.Dispose();
            return;
        }

        channel.Socket.NoDelay = true;
        using var stream = new FrameStream<AgreementMessage>(channel, AgreementFrames.Codec, budget, UsualBytes);
        var client = new Client(stream);
        var place = clients.AddLast(client);
        stream.TryWrite(own.Write());
        stream.Flush();
        if (await stream.ReadAsync(message => Receive(client, message)) is not LinkEnd.HungUp)
            Malformed++;
        clients.Remove(place);
    }

    /// <summary>Something has ended: whoever asked for it is told.</summary>
    /// <returns>Whether it was a reading; null if no client asked for it.</returns>
    public bool? Ended(Outcome outcome)
    {
        if (!waiting.Remove(outcome.Id, out var errand))
            return null;
        var frame = AgreementCodec.Write(new AgreementMessage.Answer(outcome));
        Tell(errand.First, frame);
        foreach (var asker in errand.More)
            Tell(asker, frame);
        return errand.IsReading;
    }

    /// <summary>Sends what was said.</summary>
    public void Flush()
    {
        foreach (var client in written)
            client.Stream.Flush();
        written.Clear();
    }

    /// <summary>Hangs up on those who hold no key that is still one.</summary>
    /// <param name="isKey">Whether a key with that id is in force.</param>
    public void KeysChanged(Func<uint, bool> isKey)
    {
        foreach (var client in clients)
        {
            if (client.Stream.KeyId is { } key && !isKey(key))
                client.Stream.Dispose();
        }
    }

    /// <summary>Hangs up on all.</summary>
    public void Dispose()
    {
        foreach (var client in clients)
            client.Stream.Dispose();
    }

    private void Receive(Client client, AgreementMessage message)
    {
        // Who votes is no client's to write: for that there is a procedure.
        if (message is not AgreementMessage.Forward forward || (forward is { Slot: 0, Change: not null } && forward.Name == roster))
        {
            Malformed++;
            client.Stream.Dispose();
            return;
        }

        if (client.Asked >= AskedMax)
        {
            Write(client, AgreementCodec.Write(new AgreementMessage.Answer(new Outcome(forward.Id, Applied.No, Refusal.Busy, 0, null))));
            return;
        }

        client.Asked++;
        if (waiting.TryGetValue(forward.Id, out var errand))
        {
            waiting[forward.Id] = errand with { More = [.. errand.More, client] };
            return;
        }

        waiting.Add(forward.Id, new Errand(forward.Change is null, client, []));
        ask(forward);
    }

    private void Tell(Client client, byte[] frame)
    {
        client.Asked--;
        Write(client, frame);
    }

    private void Write(Client client, byte[] frame)
    {
        if (client.Stream.TryWrite(frame))
            written.Add(client);
        else
            client.Stream.Dispose(); // it takes no answers, or is gone
    }

    private readonly record struct Errand(bool IsReading, Client First, Client[] More);

    private sealed class Client(FrameStream<AgreementMessage> stream)
    {
        public FrameStream<AgreementMessage> Stream => stream;

        public int Asked { get; set; }
    }
}
