import { gql } from "@apollo/client";

export const ARCHIVE = gql`
  mutation Archive($id: ID!) {
    archive(id: $id) {
      id
    }
  }
`;
