using System.Globalization;
using System.Text.Json;

namespace Roj.Cli.Turns;

/// <summary>What a node is asked of its tokens.</summary>
/// <param name="client">The node.</param>
internal sealed class TokenNode(NodeClient client)
{
    private const int Conflict = 409;

    /// <summary>How long a node that hung up may take to come back, to who has waited at it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private TokenHold? hold;
    private bool wasThere;

    /// <summary>Where it is.</summary>
    public Uri Node => client.Node;

    /// <summary>All tokens of the node.</summary>
    public byte[] List() => client.Get("/api/v1/tokens");

    /// <summary>One of them.</summary>
    public byte[] One(string name) => client.Get($"/api/v1/token?name={name}");

    /// <summary>What happened to it.</summary>
    public byte[] Log(string name) => client.Get($"/api/v1/token/log?name={name}");

    /// <summary>The result so far.</summary>
    public byte[] Data(string name) => client.GetBytes($"/api/v1/token/data?name={name}");

    /// <summary>The only token whose work is done by others than the nodes.</summary>
    /// <exception cref="AskException">There is none, or several.</exception>
    public string Attached()
    {
        using var answer = JsonDocument.Parse(List());
        string[] names =
        [
            .. answer.RootElement.GetProperty("tokens").EnumerateArray()
                .Where(token => HoldLine.Text(token, "work") == "attached")
                .Select(token => HoldLine.Text(token, "name")).OfType<string>(),
        ];
        return names switch
        {
            [var name] => name,
            [] => throw new AskException("no token", "the node has no token for others' work yet: --token NAME makes one"),
            _ => throw new AskException("which token", $"the node has several for others' work: --token {string.Join(" or ", names)}"),
        };
    }

    /// <summary>Waits for the next turn; a node that goes is waited for.</summary>
    /// <returns>It; null when it is not waited for any more.</returns>
    /// <exception cref="AskException">The node refuses, or is gone for long.</exception>
    public TokenTurn? Next(string name, CancellationToken stop)
    {
        try
        {
            hold ??= wasThere ? Again(name, stop) : new TokenHold(client, name);
            wasThere = true;
            while (true)
            {
                if (hold.Next(stop) is { } turn)
                    return turn;
                if (hold.End is { } end)
                    Console.Error.WriteLine($"roj: {Arguments.OneLine(end)}: its turn is waited for again");
                hold.Dispose();
                hold = Again(name, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Gives the turn back, and waits for no other.</summary>
    public void HangUp()
    {
        hold?.Dispose();
        hold = null;
    }

    /// <summary>The work is further.</summary>
    /// <returns>Null; or why that counts no more.</returns>
    public string? Bring(TokenTurn turn, ulong progress, byte[] data) => Under(() => client.PostBytes(
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/token/result?{turn.Query}&progress={progress}"), data));

    /// <summary>The turn is over: the next one's begins.</summary>
    public void Pass(TokenTurn turn)
    {
        turn.End("it was passed on");
        try
        {
            _ = Under(() => client.PostBytes($"/api/v1/token/pass?{turn.Query}", []));
        }
        catch (AskException)
        {
            HangUp(); // which gives it back too
        }
    }

    /// <summary>What was done in a turn has ended, after the turn was over: a node that said so itself, since it goes, waits for this
    /// word.</summary>
    public void EndedLost(TokenTurn turn)
    {
        if (hold is { End: null })
            Pass(turn);
    }

    /// <summary>Whether what a key stands for is done.</summary>
    public bool IsDone(string name, string key)
    {
        using var answer = JsonDocument.Parse(client.Get($"/api/v1/token/once?name={name}&key={Uri.EscapeDataString(key)}"));
        return answer.RootElement.GetProperty("done").GetBoolean();
    }

    /// <summary>What a key stands for is done from now on.</summary>
    /// <returns>Null; or why it was not written down.</returns>
    public string? Commit(TokenTurn turn, string key) =>
        Under(() => client.PostBytes($"/api/v1/token/once?{turn.Query}&key={Uri.EscapeDataString(key)}", []));

    private static string? Under(Action ask)
    {
        try
        {
            ask();
            return null;
        }
        catch (AskException e) when (e.Status == Conflict)
        {
            return e.Detail;
        }
    }

    private TokenHold Again(string name, CancellationToken stop)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return new TokenHold(client, name);
            }
            catch (AskException e) when (e.Status is null or Conflict && DateTime.UtcNow < until) // it may not know yet that we hung up
            {
                if (stop.WaitHandle.WaitOne(Pause))
                    throw new OperationCanceledException(stop);
            }
        }
    }
}
