namespace Roj.Agreement.Wire;

/// <summary>What nodes say to each other to agree (CASPaxos, Rystsov 2018, section 2.2, and what replica sets, leases and deletions
/// need).</summary>
public abstract record AgreementMessage
{
    private AgreementMessage()
    {
    }

    /// <summary>Whether it tells what its sender has saved, in this input or an earlier one: it waits until that is durable. What a
    /// proposer asks rests on nothing of its own, and goes at once.</summary>
    public bool RestsOnDisk => this is Promise or Accepted or Refused or Told or Renewed or Raised or Adopted or Listed or Walked or Pledge
        or Remembered or Adopt;

    /// <summary>Which slot it is about; 0 as well where it is about none.</summary>
    internal ushort SlotAbout => this switch
    {
        OfRegister message => message.Slot,
        Adopt message => message.Slot,
        Adopted message => message.Slot,
        List message => message.Slot,
        Listed message => message.Slot,
        Compare message => message.Slot,
        Lacking message => message.Slot,
        Forward message => message.Slot,
        _ => 0,
    };

    /// <summary>About one register, of one attempt, under one replica set.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set, as the sender knows it: who knows a newer one does not answer but tells it.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    public abstract record OfRegister(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot) : AgreementMessage;

    /// <summary>Will you take this attempt, and none below it? What did you take last?</summary>
    public sealed record Prepare(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot) : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>I will.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Taken">The attempt that I took last.</param>
    /// <param name="Content">What that brought.</param>
    public sealed record Promise(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, Ballot Taken, Content Content)
        : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>Take this. And promise the next attempt of mine, if there is one.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Content">What.</param>
    /// <param name="Next">The next attempt; <see cref="Ballot.None"/> for none.</param>
    /// <param name="IsKnown">Whether a majority of the members had something of it, and nothing above what this is made of: then nobody was
    /// told that there is nothing at its version or above, and it is taken wherever the slot's floor is.</param>
    public sealed record Accept(
        ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, Content Content, Ballot Next, bool IsKnown = false)
        : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>I have taken it, and promised the next one, if I was asked to.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Next">What I have promised of what I was asked to; <see cref="Ballot.None"/> for nothing.</param>
    public sealed record Accepted(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, Ballot Next)
        : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>I will not: I have promised another, or it is somebody's.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Promised">What I have promised; an attempt must be above.</param>
    /// <param name="Wait">For how long I keep everybody but the lease's holder away; zero if that is not the reason.</param>
    /// <param name="Floor">The version that the content must be above, for I may have told somebody of nothing at this; 0 if that is not
    /// the reason.</param>
    public sealed record Refused(
        ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, Ballot Promised, TimeSpan Wait, ulong Floor = 0)
        : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>What did you take last? Nothing is promised.</summary>
    public sealed record Ask(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot) : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>This.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Taken">The attempt.</param>
    /// <param name="Content">What that brought.</param>
    public sealed record Told(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, Ballot Taken, Content Content)
        : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>I am the holder and go on. Is it still mine, as far as you know?</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Says who I am, and which renewal this is.</param>
    /// <param name="Epoch">Which holding.</param>
    public sealed record Renew(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, ulong Epoch)
        : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>It is, and I keep others away for as long again; or it is not.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which renewal.</param>
    /// <param name="IsYours">Whether it is.</param>
    public sealed record Renewed(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, bool IsYours)
        : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>All replicas have accepted this deletion: never take anything as old as that again.</summary>
    public sealed record Raise(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot) : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>I won't.</summary>
    public sealed record Raised(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot) : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>None of us will: forget that there ever was such a register.</summary>
    public sealed record Forget(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot) : OfRegister(Slot, Version, Name, Ballot);

    /// <summary>This replica set is committed.</summary>
    /// <param name="Slot">Of which slot.</param>
    /// <param name="State">The set, and the slot's floor.</param>
    public sealed record Adopt(ushort Slot, SlotState State) : AgreementMessage;

    /// <summary>I have adopted this, or a newer one.</summary>
    /// <param name="Slot">Of which slot.</param>
    /// <param name="Version">The version that I am at; 0 if I know of none.</param>
    /// <param name="Floor">The slot's floor as I have it.</param>
    public sealed record Adopted(ushort Slot, ulong Version, Floor Floor) : AgreementMessage;

    /// <summary>Which registers of a slot do you keep something of?</summary>
    /// <param name="Slot">Which slot.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Cursor">Where to go on; zero at the beginning.</param>
    public sealed record List(ushort Slot, ulong Version, UInt128 Cursor) : AgreementMessage;

    /// <summary>Of these.</summary>
    /// <param name="Slot">Which slot.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Cursor">Where I was asked to go on.</param>
    /// <param name="Next">Where to go on; zero at the end.</param>
    /// <param name="Names">Which.</param>
    public sealed record Listed(ushort Slot, ulong Version, UInt128 Cursor, UInt128 Next, IReadOnlyList<RegisterName> Names)
        : AgreementMessage;

    /// <summary>Of these I took that last. Do you lack any?</summary>
    /// <param name="Slot">Which slot.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Cursor">Tells the answer from others'.</param>
    /// <param name="Heads">Which registers, and by which attempts.</param>
    public sealed record Compare(ushort Slot, ulong Version, UInt128 Cursor, IReadOnlyList<(RegisterName Name, Ballot Taken)> Heads)
        : AgreementMessage;

    /// <summary>These.</summary>
    /// <param name="Slot">Which slot.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Cursor">What I was asked with.</param>
    /// <param name="Names">Of which I took what is older, or nothing.</param>
    public sealed record Lacking(ushort Slot, ulong Version, UInt128 Cursor, IReadOnlyList<RegisterName> Names) : AgreementMessage;

    /// <summary>Which registers of a slot, from one place on, do you have something of, and what is that?</summary>
    /// <param name="Slot">Which slot.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Number">Of the question, for the answer.</param>
    /// <param name="From">From which place on: <see cref="Place.At"/>.</param>
    /// <param name="About">About how many.</param>
    public sealed record Walk(ushort Slot, ulong Version, ulong Number, ulong From, ushort About) : AgreementMessage
    {
        /// <summary>The most that is asked for.</summary>
        public const int AboutMax = AgreementCodec.ListedMax / 4;
    }

    /// <summary>Of these.</summary>
    /// <param name="Slot">Which slot.</param>
    /// <param name="Version">Of its replica set.</param>
    /// <param name="Number">Of the question.</param>
    /// <param name="Last">All up to this place are among them.</param>
    /// <param name="Places">Which, in order.</param>
    public sealed record Walked(ushort Slot, ulong Version, ulong Number, ulong Last, IReadOnlyList<Place> Places) : AgreementMessage;

    /// <summary>Carry this out for me: you are the first live replica of its slot, so that we don't duel.</summary>
    /// <param name="Slot">Which slot the register is in.</param>
    /// <param name="Name">Which register.</param>
    /// <param name="Id">By which it is told from all others, however often it is sent.</param>
    /// <param name="Change">What; null to read.</param>
    /// <param name="TriedSince">If somebody may have tried it already: at which version at the earliest; null if surely nobody has.</param>
    public sealed record Forward(ushort Slot, RegisterName Name, ChangeId Id, RegisterChange? Change, ulong? TriedSince)
        : AgreementMessage
    {
        /// <summary>If nobody has tried it already but somebody will if no answer comes in time: at which version at the earliest; null if
        /// nobody will.</summary>
        public ulong? AskedAt { get; init; }
    }

    /// <summary>That has ended.</summary>
    /// <param name="Outcome">How.</param>
    public sealed record Answer(Outcome Outcome) : AgreementMessage;

    /// <summary>I have no cluster yet and wait for so many to make one with.</summary>
    /// <param name="Expected">How many, I among them.</param>
    public sealed record Ready(int Expected) : AgreementMessage;

    /// <summary>These are to be a cluster: I have it on disk that I belong to no other unless one of them does.</summary>
    /// <param name="Round">Of two the greater one wins.</param>
    /// <param name="Set">The cluster's first replica set.</param>
    public sealed record Pledge(uint Round, ReplicaSet Set) : AgreementMessage;

    /// <summary>I have started. Do you remember a later start of mine?</summary>
    /// <param name="Boot">Which start this is.</param>
    /// <param name="Life">Tells it from another one that counts the same.</param>
    public sealed record Booted(uint Boot, ulong Life) : AgreementMessage;

    /// <summary>This is the latest that I remember, yours among them.</summary>
    /// <param name="Boot">Which start.</param>
    /// <param name="Life">Which of those that count so.</param>
    public sealed record Remembered(uint Boot, ulong Life) : AgreementMessage;
}
