using Roj.Simulation.Histories;

namespace Roj.Simulation.Tests.Histories;

/// <summary>A hand-made history of one register, as readable as a table: who, what, from, till, and what was seen.</summary>
internal sealed class Past
{
    private readonly List<Operation> operations = [];

    public IReadOnlyList<Operation> Operations => operations;

    public Past Done(string client, OperationKind kind, long from, long till, ulong version, string? value) =>
        With(new Operation("r", client, kind, from, till, Outcome.Yes, new Seen(version, value)));

    public Past Write(string client, string value, long from, long till, ulong version) =>
        Done(client, new OperationKind.Write(value), from, till, version, value);

    public Past Read(string client, long from, long till, ulong version, string? value) =>
        Done(client, new OperationKind.Read(), from, till, version, value);

    public Past Refused(string client, OperationKind kind, long from, long till, ulong version, string? value) =>
        With(new Operation("r", client, kind, from, till, Outcome.No, new Seen(version, value)));

    /// <summary>Acknowledged, but without the version.</summary>
    public Past Acknowledged(string client, OperationKind kind, long from, long till) =>
        With(new Operation("r", client, kind, from, till, Outcome.Yes, Seen: null));

    public Past Unknown(string client, OperationKind kind, long from) =>
        With(new Operation("r", client, kind, from, Returned: null, Outcome.Unknown, Seen: null));

    private Past With(Operation operation)
    {
        operations.Add(operation);
        return this;
    }
}
