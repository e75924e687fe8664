namespace Orleans;

/// <summary>The base of all grain interfaces.</summary>
public interface IGrain : IAddressable;
