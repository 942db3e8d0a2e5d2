using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Roj.EndToEnd;

namespace Roj.KvBench;

/// <summary>Clients that speak the Redis protocol, a connection each, all of one thread.</summary>
internal sealed class RespLoad
{
    private readonly ClusterLoad load;
    private readonly LoadRun run;
    private readonly byte[] value = Encoding.ASCII.GetBytes(new string('v', ClusterLoad.ValueBytes));
    private readonly byte[] received = new byte[256 * 1024];
    private readonly ArrayBufferWriter<byte> said = new();

    /// <summary>Clients that are not connected yet.</summary>
    public RespLoad(ClusterLoad load) => (this.load, run) = (load, new LoadRun(load));

    /// <summary>Runs them.</summary>
    /// <exception cref="LabException">One is refused, or hung up on.</exception>
    public void Run()
    {
        List<Client> clients = [];
        for (var i = 0; i < load.Clients; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(load.Doors[i % load.Doors.Count]);
            clients.Add(new Client(socket));
        }

        foreach (var client in clients)
            Say(client);
        List<Socket> ready = [];
        var by = clients.ToDictionary(client => client.Socket);
        while (by.Count > 0)
        {
            ready.Clear();
            ready.AddRange(by.Keys);
            Socket.Select(ready, null, null, 10_000_000);
            if (ready.Count == 0)
                throw new LabException("no answer comes for 10 s");
            foreach (var socket in ready)
                Hear(by[socket], by);
        }

        run.Tell();
        foreach (var client in clients)
            client.Socket.Dispose();
    }

    private void Hear(Client client, Dictionary<Socket, Client> all)
    {
        var count = client.Socket.Receive(received);
        if (count == 0)
            throw new LabException("the server hung up");
        client.Take(received.AsSpan(0, count));
        if (client.Awaited > 0)
            return;
        var now = Stopwatch.GetTimestamp();
        run.Ended(client.Begun, now);
        if (run.IsOver(now))
            all.Remove(client.Socket);
        else
            Say(client);
    }

    private void Say(Client client)
    {
        said.ResetWrittenCount();
        for (var i = 0; i < load.Pipeline; i++)
        {
            var isPut = load.Does is ClusterLoad.Put or ClusterLoad.Fill || (load.Does is ClusterLoad.Mixed && (client.Turn++ & 1) == 0);
            said.Write(isPut ? "*3\r\n$3\r\nSET\r\n"u8 : "*2\r\n$3\r\nGET\r\n"u8);
            said.Write("$14\r\n"u8);
            said.Write(Encoding.ASCII.GetBytes($"key:{run.NextKey():D10}\r\n"));
            if (!isPut)
                continue;
            said.Write("$100\r\n"u8);
            said.Write(value);
            said.Write("\r\n"u8);
        }

        var isAwaited = load is { Protocol: ClusterLoad.RespWait, Does: ClusterLoad.Put or ClusterLoad.Fill };
        if (isAwaited)
            said.Write("*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$1\r\n0\r\n"u8);
        client.Begin(load.Pipeline + (isAwaited ? 1 : 0));
        client.Socket.Send(said.WrittenSpan);
    }

    /// <summary>One connection. Answers are counted as they come: lines, and values by their length.</summary>
    private sealed class Client(Socket socket)
    {
        private readonly byte[] line = new byte[64 * 1024]; // what has come of one
        private int held;
        private int skip; // bytes of a value that are still to come

        public Socket Socket => socket;

        public int Awaited { get; private set; }

        public long Begun { get; private set; }

        public int Turn { get; set; }

        public void Begin(int count) => (Awaited, Begun) = (count, Stopwatch.GetTimestamp());

        public void Take(ReadOnlySpan<byte> input)
        {
            while (!input.IsEmpty)
            {
                if (skip > 0)
                {
                    var now = Math.Min(skip, input.Length);
                    input = input[now..];
                    skip -= now;
                    Awaited -= skip == 0 ? 1 : 0;
                    continue;
                }

                var end = input.IndexOf((byte)'\n');
                if (end < 0)
                {
                    input.CopyTo(line.AsSpan(held));
                    held += input.Length;
                    return;
                }

                if (held == 0)
                {
                    Answer(input[..end]);
                }
                else
                {
                    input[..end].CopyTo(line.AsSpan(held));
                    Answer(line.AsSpan(0, held + end));
                    held = 0;
                }

                input = input[(end + 1)..];
            }
        }

        private void Answer(ReadOnlySpan<byte> answer)
        {
            if (answer[0] == '-' || answer.SequenceEqual("$-1\r"u8) || answer.SequenceEqual(":0\r"u8))
                throw new LabException($"the server says {Encoding.ASCII.GetString(answer).TrimEnd()}");
            if (answer[0] == '$' && Utf8Parser.TryParse(answer[1..], out int length, out _))
                skip = length + 2;
            else
                Awaited--;
        }
    }
}
