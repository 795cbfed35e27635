//! The tables that the workloads read, as `sea-orm-cli generate entity --seaography` generates them, with the relations
//! that the workloads use.

pub mod community;
pub mod country;
pub mod partnership;
pub mod region;
pub mod respondent_aggregate;

seaography::register_entity_modules!([
    community,
    country,
    partnership,
    region,
    respondent_aggregate,
]);
