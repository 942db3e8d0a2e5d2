using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Histories;
using Answer = Roj.Agreement.Outcome;
using Known = Roj.Simulation.Histories.Outcome;

namespace Roj.Simulation.Agreement;

/// <summary>Somebody who reads and changes registers through any machine, one thing after the other, and writes down what it saw.</summary>
/// <remarks>When a machine dies or does not answer it either knows nothing of that change, or asks another machine for the same change once
/// more.</remarks>
internal sealed class RegisterClient
{
    private const int AttemptsMax = 3;

    private readonly AgreementTown town;
    private readonly string name;
    private readonly Rng rng;
    private readonly int home;
    private readonly SortedDictionary<string, ulong> versions = new(StringComparer.Ordinal);
    private Errand? errand;
    private ulong number;

    public RegisterClient(AgreementTown town, int index)
    {
        (this.town, name) = (town, $"c{index}");
        rng = town.World.RngFor($"agreement/client/{index}");
        home = rng.Next(town.Setup.Machines);
        town.Answered += Answered;
        town.Ended += Ended;
    }

    /// <summary>Whether it begins nothing new.</summary>
    public bool IsToStop { get; set; }

    /// <summary>Whether it waits for nothing.</summary>
    public bool IsIdle => errand is null;

    /// <summary>What it waits for, for a report.</summary>
    public string Standing =>
        errand is null ? $"{name}: idle" : $"{name}: {errand.Change} of {errand.Register}, asked {errand.Attempts} times";

    public void Begin() => Think();

    private static string TextOf(ReadOnlyMemory<byte> data) => Encoding.ASCII.GetString(data.Span);

    /// <summary>What a client was told.</summary>
    public static Seen? SeenIn(Content? content) =>
        content is null ? null : new Seen(content.Version, content.Data is { } data ? TextOf(data) : null);

    private void Think() => town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, town.Setup.Thinks), Next);

    private void Next()
    {
        if (IsToStop)
            return;
        if (Pick() is not { } member)
        {
            Think();
            return;
        }

        var isNumber = rng.Chance(1, 3);
        var register = $"{(isNumber ? 'n' : 't')}{rng.Next(town.Setup.Registers)}";
        var place = $"{AgreementTown.ClusterOf(member)}/{register}";
        var (kind, change) = Draw(place, isNumber);
        errand = new Errand(register, place, change, town.History.Invoke(place, name, kind))
        {
            Since = versions.GetValueOrDefault(place),
            Own = change is not null && rng.Chance(1, 2) ? new ChangeId(NodeId.Random(rng), 0, ++number) : null,
        };
        Ask(member);
    }

    private AgreementMember? Pick()
    {
        var usual = town.Members[home];
        if (usual.IsAble && !rng.Chance(1, 8))
            return usual;
        return town.Members.Where(one => one.IsAble).ToArray() is { Length: > 0 } able ? rng.Pick(able) : null;
    }

    private (OperationKind Kind, RegisterChange? Change) Draw(string register, bool isNumber)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{name}.{++number} ");
        var data = Encoding.ASCII.GetBytes(text);
        var what = rng.Next(town.Setup.HasDeletions ? 12 : 10);
        switch (what)
        {
            case < 3:
                return (new OperationKind.Read(), null);
            case >= 10:
                return (new OperationKind.Delete(), new RegisterChange.Delete());
            case var _ when isNumber:
                var delta = rng.Next(1, 1000);
                return (new OperationKind.Add(delta), new RegisterChange.Add(delta));
            case < 5:
                return (new OperationKind.Append(text), new RegisterChange.Append(data));
            case < 7 when versions.TryGetValue(register, out var version):
                return (
                    new OperationKind.CompareVersionAndSet(version, text),
                    new RegisterChange.Set(data) { Condition = Condition.At(version) });
            case < 8:
                return (new OperationKind.CompareAndSet(null, text), new RegisterChange.Set(data) { Condition = Condition.Absent });
            default:
                return (new OperationKind.Write(text), new RegisterChange.Set(data));
        }
    }

    private void Ask(AgreementMember member)
    {
        var asked = errand!;
        var attempt = ++asked.Attempts;
        asked.At = member;
        asked.Boots = member.Boots;
        // Who may ask again elsewhere says so the first time: else what arrives late would be taken for new.
        var triedSince = attempt > 1 ? asked.Since : (ulong?)null;
        var askedAt = attempt == 1 && asked.Own is not null ? asked.Since : (ulong?)null;
        member.Do((registers, outbox) =>
        {
            asked.Id = registers.Ask(
                member.Now, 0, RegisterName.Of(asked.Register), asked.Change, outbox, asked.Own, triedSince, askedAt);
        });
        if (asked.Own is not null)
        {
            var patience = rng.Next(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(6));
            town.World.Schedule(town.World.Now + patience, () => GiveUp(asked, attempt));
        }
    }

    private void Answered(AgreementMember member, Answer outcome)
    {
        if (errand is not { } asked || asked.Id != outcome.Id || (asked.Own is null && asked.At != member))
            return;
        if (outcome.Refusal is Refusal.TimedOut && town.IsHealed)
            town.Watch.Saw("timed out");
        switch (outcome.Applied)
        {
            case Applied.Yes:
                End(Known.Yes, SeenIn(outcome.Content));
                break;
            case Applied.No when asked.Attempts == 1 && asked.Change is not null:
                End(Known.No, SeenIn(outcome.Content));
                break;
            case Applied.Unknown when asked.Attempts == 1:
                town.Watch.Saw("it can't be told");
                End(Known.Unknown, null);
                break;
            default:
                End(Known.Unknown, null); // the one asked first may do it yet
                break;
        }

        if (outcome.Content is { } content)
            versions[asked.Place] = content.Version;
    }

    private void Ended(AgreementMember member)
    {
        if (errand is { } asked && asked.At == member)
            GiveUp(asked, asked.Attempts);
    }

    private void GiveUp(Errand asked, int attempt)
    {
        if (errand != asked || asked.Attempts != attempt)
            return;
        if (asked.Own is null || attempt == AttemptsMax || Pick() is not { } member || member == asked.At
            || !asked.Place.StartsWith(AgreementTown.ClusterOf(member), StringComparison.Ordinal))
        {
            End(Known.Unknown, null);
            return;
        }

        town.Watch.Saw("the same change is asked for elsewhere");
        Ask(member);
    }

    private void End(Known outcome, Seen? seen)
    {
        if (outcome is not Known.Unknown)
            town.History.Return(errand!.Number, outcome, seen);
        errand = null;
        Think();
    }

    private sealed class Errand(string register, string place, RegisterChange? change, int number)
    {
        public string Register => register;

        /// <summary>The register of which cluster.</summary>
        public string Place => place;

        public RegisterChange? Change => change;

        public int Number => number;

        public ulong Since { get; init; }

        public ChangeId? Own { get; init; }

        public ChangeId Id { get; set; }

        public AgreementMember? At { get; set; }

        public int Boots { get; set; }

        public int Attempts { get; set; }
    }
}
