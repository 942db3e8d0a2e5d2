global using TokenOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Token.Wire.TokenMessage, Roj.Token.TokenEvent, Roj.Token.TokenEffect>;
