global using SwarmOutbox =
    Roj.Kernel.Outbox<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;
global using SwarmOutput =
    Roj.Kernel.Output<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;
