namespace OrleansDaap.Provisioning;

/// <summary>When PgBouncer gives a server connection back to the pool.</summary>
public enum PoolMode
{
    Session,
    Transaction,
    Statement,
}
