global using AgreementOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Agreement.Wire.AgreementMessage, Roj.Agreement.AgreementEvent, Roj.Agreement.AgreementEffect>;
global using FindingOutbox =
    Roj.Kernel.Outbox<Roj.Kernel.Endpoint, Roj.Membership.Wire.Hello, Roj.Membership.FindingEvent, Roj.Kernel.NoEffect>;
global using StorageOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Storage.Wire.StorageMessage, Roj.Storage.StorageEvent, Roj.Storage.StorageEffect>;
global using SwarmOutbox =
    Roj.Kernel.Outbox<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;
global using TrackingOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.Endpoint, Roj.Files.Tracking.LocalSearchMessage, Roj.Files.Tracking.TrackingEvent, Roj.Files.Tracking.TrackingEffect>;
