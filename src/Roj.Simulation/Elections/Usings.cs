global using ElectionOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Election.Wire.ElectionMessage, Roj.Election.ElectionEvent, Roj.Election.ElectionEffect>;
