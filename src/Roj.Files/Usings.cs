global using SwarmOutbox =
    Roj.Kernel.Outbox<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;
