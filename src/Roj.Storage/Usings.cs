global using StorageOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Storage.Wire.StorageMessage, Roj.Storage.StorageEvent, Roj.Storage.StorageEffect>;
