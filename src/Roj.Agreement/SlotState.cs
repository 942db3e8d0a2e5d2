namespace Roj.Agreement;

/// <summary>What a node has durably adopted of a slot: registers that have their acceptors in common.</summary>
/// <param name="Set">The newest replica set that it was told was committed.</param>
/// <param name="Floor">What its replicas have sworn.</param>
public sealed record SlotState(ReplicaSet Set, Floor Floor);
