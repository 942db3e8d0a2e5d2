global using KeepingOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.Endpoint,
    Roj.Membership.Keeping.Wire.SwimMessage,
    Roj.Membership.Keeping.MembershipEvent,
    Roj.Membership.Keeping.KeepingEffect>;
