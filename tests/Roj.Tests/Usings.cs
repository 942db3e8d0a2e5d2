global using SwarmOutbox =
    Roj.Kernel.Outbox<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;
global using SwarmOutput =
    Roj.Kernel.Output<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;
global using TrackingOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.Endpoint, Roj.Files.Tracking.LocalSearchMessage, Roj.Files.Tracking.TrackingEvent, Roj.Files.Tracking.TrackingEffect>;
global using KeepingOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.Endpoint,
    Roj.Membership.Keeping.Wire.SwimMessage,
    Roj.Membership.Keeping.MembershipEvent,
    Roj.Membership.Keeping.KeepingEffect>;
global using KeepingOutput = Roj.Kernel.Output<
    Roj.Kernel.Endpoint,
    Roj.Membership.Keeping.Wire.SwimMessage,
    Roj.Membership.Keeping.MembershipEvent,
    Roj.Membership.Keeping.KeepingEffect>;
global using AgreementOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId,
    Roj.Agreement.Wire.AgreementMessage,
    Roj.Agreement.AgreementEvent,
    Roj.Agreement.AgreementEffect>;
global using RingOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId,
    Roj.Election.Wire.RingMessage,
    Roj.Election.RingEvent,
    Roj.Kernel.NoEffect>;
global using ElectionOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId,
    Roj.Election.Wire.ElectionMessage,
    Roj.Election.ElectionEvent,
    Roj.Election.ElectionEffect>;
global using TokenOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId,
    Roj.Token.Wire.TokenMessage,
    Roj.Token.TokenEvent,
    Roj.Token.TokenEffect>;
